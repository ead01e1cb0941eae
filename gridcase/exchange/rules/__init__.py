"""Pure rules of the room: other systems' lists, the registers' columns, the states of an import."""

from gridcase.exchange.rules import cases, columns, registers, states

__all__ = ["cases", "columns", "registers", "states"]
