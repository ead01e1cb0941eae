"""The choices of dispatching, transferring and helping: the suggested with their reasons, then all; what the town's
duty list says of the class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from gridcase.cases import forms, queries
from gridcase.cases.models import Case
from gridcase.cases.rules import Address, Duty, DutyKind, Level
from gridcase.cases.rules.routing import duty_said, reasons, suggested
from gridcase.core.words import Text
from gridcase.web.filters import translate
from gridcase.web.formkit import options


@dataclass
class Ways:
    """Where a case can go, asked for once a page and only where a form offers it."""

    case: Case
    now: datetime

    @cached_property
    def whom(self) -> queries.Whom:
        """Every unit and post with all that is known of it."""
        return queries.whom(self.case, now=self.now)

    @property
    def units(self) -> Sequence[Any]:
        """Those that serve its place and can be sent a case; where it is not to be sent, nothing more is asked."""
        return self.whom.units if "whom" in vars(self) else queries.units_over(self.case.path)

    @cached_property
    def addresses(self) -> list[Address]:
        """Every unit and post."""
        return queries.routes(self.case, now=self.now, known=self.whom)

    @cached_property
    def listed(self) -> tuple[tuple[str, str, str], ...]:
        """All of them as choices."""
        return _listed(self.addresses, [])

    @cached_property
    def named_first(self) -> tuple[tuple[str, str, str], ...]:
        """The same where nothing else suggests any: those the catalogue names stand first."""
        return _listed(self.addresses, [one for one in self.addresses if one.named])

    @cached_property
    def wanted(self) -> Level:
        """The level the catalogue names for the class; one it climbed to goes before."""
        level = self.case.level or self.case.terms.level
        return Level(level) if level in set(Level) else Level.VILLAGE

    @cached_property
    def suggested(self) -> list[Address]:
        """At most three."""
        return suggested(self.addresses, wanted=self.wanted)


@dataclass(frozen=True)
class Shown:
    """A suggestion on the page; `key` is what stands in the form, `said` its reasons in one line."""

    key: str
    name: str
    said: str


def suggest(form: forms.DispatchForm, ways: Ways) -> None:
    """Hand the form that sends a case what is suggested."""
    form.pick.choices = options([(one.key, one.name) for one in ways.suggested])
    if not taken(ways):
        del form.anyway


def shown(ways: Ways) -> list[Shown]:
    """The suggestions in words."""
    return [
        Shown(one.key, _name(one), translate_all(reasons(one, wanted=ways.wanted)))
        for one in ways.suggested
    ]  # fmt: skip


def duties(ways: Ways) -> list[tuple[str, bool]]:
    """(words, is a warning) of what the list says of the class, where it is not simply the town's own."""
    rows = {duty for one in ways.addresses if (duty := one.duty) is not None and duty.kind is not DutyKind.BASIC}
    ordered = sorted(rows, key=lambda duty: duty.item)
    return [(f"{duty.item}：{translate(duty_said(duty))}", _taken(duty)) for duty in ordered]


def taken(ways: Ways) -> list[str]:
    """The addresses that need a reason, because the list took the class from them."""
    return [one.key for one in ways.addresses if _taken(one.duty)]


def translate_all(texts: Iterable[Text]) -> str:
    """Texts in one line."""
    return _("；").join(map(translate, texts))


def _taken(duty: Duty | None) -> bool:
    return duty is not None and duty.kind is DutyKind.UPPER


def _name(one: Address) -> str:
    return one.name if one.is_unit or not one.holder else f"{one.name} · {one.holder}"


def _listed(addresses: Sequence[Address], named: Sequence[Address]) -> tuple[tuple[str, str, str], ...]:
    """(value, words, group) of all that can be chosen."""
    groups = (
        (str(forms.SUGGESTED), named),
        (str(forms.UNITS), [one for one in addresses if one.is_unit and one not in named]),
        (str(forms.POSTS), [one for one in addresses if not one.is_unit]),
    )
    return (
        ("", str(forms.CHOOSE), ""),
        *((one.key, _label(one), group) for group, members in groups for one in members),
    )


def _label(one: Address) -> str:
    return _name(one) if one.away is None else f"{_name(one)}（{translate_all([one.away])}）"
