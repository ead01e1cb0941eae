"""How the demo's cases go: a script does one deed, then says when the next one comes. `now` cuts each where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gridcase.people.rules import Role
from gridcase.seed.scene import Scene
from gridcase.seed.tale import Tale

Script = Callable[[Tale], Iterator[datetime]]
STORY_DAYS = 90
HURRY = 0.1  # of the time a case has had, so that the deeds of a young one lie before now


def solved_at_once(tale: Tale) -> Iterator[datetime]:
    """Self-solved; one in ten is looked at again by the section's leader."""
    tale.solve_at_once()
    yield tale.later(tale.rng.uniform(20, 90))
    tale.second_check()


def handled(tale: Tale) -> Iterator[datetime]:
    """The whole way, in time nine times out of ten."""
    yield from _sent(tale)
    yield tale.towards_due(tale.share)
    tale.submit()
    yield from _checked(tale)


def _sent(tale: Tale) -> Iterator[datetime]:
    tale.register()
    yield tale.office(tale.rng.uniform(0.2, 2))
    tale.accept()
    yield tale.office(tale.rng.uniform(0.1, 1))
    tale.dispatch()
    yield tale.office(tale.rng.uniform(0.2, 2.5))
    tale.sign()


def _checked(tale: Tale) -> Iterator[datetime]:
    if tale.rng.random() < 0.2:
        yield tale.later(tale.rng.uniform(1, 5))
        tale.ask(reached=False)
    yield tale.later(tale.rng.uniform(2, 20))
    tale.ask()
    yield tale.office(tale.rng.uniform(0.5, 6))
    tale.verify()


def returned(tale: Tale) -> Iterator[datetime]:
    """Given back once, then sent again."""
    tale.register()
    yield tale.office(tale.rng.uniform(0.2, 2))
    tale.accept()
    yield tale.office(0.5)
    tale.dispatch()
    yield tale.office(tale.rng.uniform(0.5, 3))
    tale.give_back()
    yield tale.office(1)
    tale.dispatch()
    yield tale.office(1)
    tale.sign()
    yield tale.towards_due(tale.rng.uniform(0.5, 0.9))
    tale.submit()
    yield from _checked(tale)


def reworked(tale: Tale) -> Iterator[datetime]:
    """Not good enough the first time."""
    yield from _sent(tale)
    yield tale.towards_due(0.4)
    tale.submit()
    yield tale.office(3)
    tale.rework()
    yield tale.office(6)
    tale.submit()
    yield from _checked(tale)


def paused(tale: Tale) -> Iterator[datetime]:
    """Waits for money or the weather, then goes on."""
    yield from _sent(tale)
    yield tale.office(4)
    tale.suspend(days=14)
    yield tale.later(24 * 9)
    tale.resume()
    yield tale.office(6)
    tale.submit()
    yield from _checked(tale)


def reopened(tale: Tale) -> Iterator[datetime]:
    """Closed, then it came back: its points are reversed."""
    yield from handled(tale)
    yield tale.later(24 * 3)
    tale.reopen()


def withdrawn(tale: Tale) -> Iterator[datetime]:
    """The villager does not want it any more."""
    tale.register()
    yield tale.later(tale.rng.uniform(3, 12))
    tale.withdraw()


def voided(tale: Tale) -> Iterator[datetime]:
    """Registered by mistake."""
    tale.register()
    yield tale.later(2)
    tale.void()


def doubled(tale: Tale) -> Iterator[datetime]:
    """The same matter as an earlier one of the village."""
    tale.register()
    yield tale.office(1)
    tale.fold_into_an_earlier_one()


def hurried(tale: Tale) -> Iterator[datetime]:
    """In hand, and the dispatcher asks to hurry."""
    yield from _sent(tale)
    yield tale.towards_due(0.7)
    tale.hurry()
    yield tale.office(1)
    tale.comment()


@dataclass(frozen=True)
class Part:
    """How many cases take a script, and where they end.

    `among` narrows the classes to levels or codes; `own` takes them from the demo liaison's homes, the demo villager's
    first. `deeds` stops a case after so many; `used` says how much of its time has then run by now (1: due now), as a
    range. Without `used` a case begins on any of the story's days.
    """

    count: int
    script: Script
    among: tuple[str, ...] = ()
    deeds: int = 99
    used: tuple[float, float] | None = None
    restricted: bool = False
    own: bool = False
    days_ago: tuple[float, float] = (3, STORY_DAYS)


_VT, _T = ("village", "town"), ("town",)
GREEN, YELLOW, RED = (0.1, 0.5), (0.8, 0.97), (1.2, 2.6)
FULL: tuple[Part, ...] = (
    Part(4, solved_at_once, ("0401",), own=True, days_ago=(1, 5)),
    Part(4, solved_at_once, ("0401",), own=True, days_ago=(15, 60)),
    Part(2, solved_at_once, ("0703", "0803"), own=True, days_ago=(2, 40)),
    Part(155, solved_at_once, ("grid", "village"), days_ago=(0.2, STORY_DAYS)),
    Part(52, handled, days_ago=(14, STORY_DAYS)),
    Part(14, handled, _T, days_ago=(2, 12)),
    Part(5, returned, _T, days_ago=(12, 60)),
    Part(4, reworked, _VT, days_ago=(20, 60)),
    Part(3, paused, _T, days_ago=(30, 70)),
    Part(4, reopened, ("0401",), days_ago=(15, 20)),
    Part(6, handled, deeds=1, used=(0.02, 0.3)),
    Part(3, handled, deeds=1, used=RED),
    Part(7, handled, _VT, deeds=2, used=GREEN),
    Part(6, handled, _VT, deeds=3, used=GREEN),
    Part(4, handled, deeds=3, used=RED),
    Part(12, handled, _VT, deeds=4, used=GREEN),
    Part(6, handled, _VT, deeds=4, used=YELLOW),
    Part(7, hurried, _T, used=RED),
    Part(5, paused, _T, deeds=5, used=(0.2, 0.6)),
    Part(9, handled, deeds=5, used=(0.6, 1.3)),
    Part(5, returned, _T, deeds=4, used=GREEN),
    Part(5, doubled, days_ago=(2, 40)),
    Part(4, withdrawn, days_ago=(2, 60)),
    Part(3, voided, days_ago=(2, 60)),
    Part(3, handled, restricted=True, days_ago=(12, 60)),
    Part(2, handled, restricted=True, deeds=4, used=RED),
    Part(2, handled, restricted=True, deeds=2, used=GREEN),
)


def few(parts: Sequence[Part]) -> list[Part]:
    """About a tenth of everything, at least one of each kind."""
    return [replace(part, count=max(1, part.count // 11)) for part in parts]


def tales(scene: Scene, parts: Sequence[Part]) -> Iterator[tuple[Part, Tale]]:
    """Every case to be told; it begins at its `at`."""
    own = scene.own
    circle = [own.homes[home_id] for home_id in own.one(Role.LIAISON).homes if home_id not in scene.waiting]
    for part in parts:
        for n in range(part.count):
            words = scene.demand(among=part.among, restricted=part.restricted)
            team, home = (own, circle[-1 - n % len(circle)]) if part.own else (scene.team(), None)
            if part.used is None:
                ago = timedelta(days=scene.rng.uniform(*part.days_ago), hours=scene.rng.uniform(0, 10))
                yield part, Tale(scene, words, team, scene.daytime(scene.now - ago), home)
            else:
                used = scene.rng.uniform(*part.used)
                tale = Tale(scene, words, team, words.kind.before(scene.now, used, scene.calendar), home)
                tale.pace = min(1.0, used * words.kind.limit.amount * HURRY)
                tale.share = 0.6
                yield part, tale
