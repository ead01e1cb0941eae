"""Random walks that a number brings back: moves chosen one by one, and where one fails the fewest that fail alike.

Every number is another walk. Moves not chosen for a walk leave more room to the others, in another way each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Any, Protocol, TypeVar

Step = tuple[str, dict[str, Any]]
Made = TypeVar("Made", bound=Callable[..., None])


class Life(Protocol):
    """What is walked through: its moves are the methods under `move`."""

    def begin(self, rich: bool) -> None: ...

    def look(self) -> None: ...

    def end(self) -> None: ...

    def leave(self) -> None: ...


def move(when: Callable[[Any], object] = lambda _life: True, **choices: Sequence[Any]) -> Callable[[Made], Made]:
    """A method as a move: what its arguments are chosen from, and when it can be made."""

    def mark(method: Made) -> Made:
        vars(method).update(when=when, choices=choices)
        return method

    return mark


def walk(born: Callable[[], Life], number: int, *, most: int) -> None:
    """One walk of up to `most` moves; AssertionError with the moves that matter when it fails."""
    made: list[Step] = []
    life = born()
    try:
        _play(life, _drawn(life, Random(number), most, made))
    except Exception as error:
        steps = _fewest(born, made)
        told = "\n".join(
            f"{name}({', '.join(f'{key}={value}' for key, value in args.items())})" for name, args in steps
        )
        raise AssertionError(f"walk {number} fails, and these moves do:\n{told}") from error


def _drawn(life: Life, chance: Random, most: int, made: list[Step]) -> Iterator[Step]:
    known = [name for name, method in vars(type(life)).items() if hasattr(method, "choices")]
    names = chance.sample(known, chance.randint(len(known) // 2, len(known)))
    made.append(("begin", {"rich": chance.random() < 0.5}))
    yield made[-1]
    for _ in range(chance.randint(most // 2, most)):
        open_ = [name for name in names if getattr(life, name).when(life)]
        if not open_:
            return
        name = chance.choice(open_)
        made.append((name, {key: chance.choice(few) for key, few in getattr(life, name).choices.items()}))
        yield made[-1]


def _play(life: Life, steps: Iterable[Step]) -> None:
    try:
        for name, args in steps:
            method = getattr(life, name)
            if name == "begin" or method.when(life):
                method(**args)
                life.look()
        life.end()
    finally:
        life.leave()


def _fewest(born: Callable[[], Life], steps: list[Step]) -> list[Step]:
    """Without the moves that it fails without; the last one first."""
    for at in reversed(range(1, len(steps))):
        less = steps[:at] + steps[at + 1 :]
        try:
            _play(born(), less)
        except Exception:
            steps = less
    return steps
