"""What a line can do to one request."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Toxic:
    """A fault, how much of it, and (on lines that are not HTTP) the bytes of the client that call it up."""

    kind: str
    amount: float = 0
    mark: bytes = b""

    def at(self, mark: bytes) -> Toxic:
        """The same, struck by the client's next piece that holds these bytes."""
        return replace(self, mark=mark)


def latency(ms: float) -> Toxic:
    """The request is passed on this much later, and so is its answer."""
    return Toxic("latency", ms)


def down() -> Toxic:
    """Nobody is there: the connection is broken off, nothing is passed on."""
    return Toxic("down")


def bandwidth(bytes_a_second: float) -> Toxic:
    """Both ways run this slowly."""
    return Toxic("bandwidth", bytes_a_second)


def timeout(seconds: float = 5) -> Toxic:
    """Accepted and never answered; nothing is passed on. After `seconds` the connection is closed."""
    return Toxic("timeout", seconds)


def reset() -> Toxic:
    """The request comes in whole and is not passed on: RST."""
    return Toxic("reset")


def slicer(size: int = 7) -> Toxic:
    """Both ways come in pieces of `size` bytes."""
    return Toxic("slicer", size)


def limit_data(size: int) -> Toxic:
    """`size` bytes of the request are passed on, then both ends are cut: "during"."""
    return Toxic("limit_data", size)


def cut_answer() -> Toxic:
    """The request is passed on whole and its answer awaited, then RST without passing it: "after the commit"."""
    return Toxic("cut_answer")
