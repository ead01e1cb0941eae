"""What the whole picture may show of small numbers. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from gridcase.core.masking import FEWEST_TOLD


def hide_few(count: int) -> int | None:
    """The count, None where it is so small that it points at somebody."""
    return count if count == 0 or count >= FEWEST_TOLD else None


def hide_small(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Parts of a whole that is shown too: small parts are hidden, and where one alone would follow from the others,
    the next smallest as well."""
    shown = {name: hide_few(count) for name, count in counts.items()}
    if sum(count is None for count in shown.values()) == 1:
        rest = [(count, name) for name, count in shown.items() if count]
        if rest:
            shown[min(rest)[1]] = None
    return shown
