"""How a liaison representative is chosen, and the certificate that says so. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from gridcase.core.labels import Labelled
from gridcase.core.words import N_

CERTIFICATE_SETTING = "certificate"  # of a county: {"prefix": "LH", "digits": 3}
PREFIX, DIGITS = "LH", 3
LONGEST_TERM_YEARS = 5
STEPS = ("met", "known", "joined")  # first acquaintance: each home met, then known, then joined in with
DUTY_PHONE = "duty_phone"  # of a village: {"phone": "…"}, printed on the contact cards


class Candidate(Labelled):
    """Who is looked at first when a representative is chosen (five priorities)."""

    DEPUTY = "deputy", N_("积极、代表性强的村（居）民代表")
    ACTIVE = "active", N_("优秀组长和党员")
    RETIRED = "retired", N_("离职村干部、退休干部教师")
    RESERVE = "reserve", N_("入党积极分子和后备力量")
    REDWHITE = "redwhite", N_("红白理事会成员")
    OTHER = "other", N_("其他村民")


class MeetingKind(Labelled):
    """In what kind of meeting the homes chose."""

    GROUP = "group", N_("村民小组会")
    COURTYARD = "courtyard", N_("院落会（屋场会）")
    DEPUTIES = "deputies", N_("村民代表会议")
    DOOR_TO_DOOR = "door_to_door", N_("逐户签名推选")


class Standing(Labelled):
    """Whether a certificate holds on a day."""

    COMING = "coming", N_("未到任期")
    VALID = "valid", N_("有效")
    EXPIRED = "expired", N_("任期已满")
    REVOKED = "revoked", N_("已撤销")
    LEFT = "left", N_("持证人已不担任这个岗位")


class CertificateTerm(Protocol):
    """The days of a certificate; `term_to` and `revoked_on` are the first days it does not hold any more."""

    term_from: Any
    term_to: Any
    revoked_on: Any


def standing_on(record: CertificateTerm, day: date) -> Standing:
    """Whether the certificate holds on a day."""
    if record.revoked_on is not None and record.revoked_on <= day:
        return Standing.REVOKED
    if day < record.term_from:
        return Standing.COMING
    return Standing.EXPIRED if record.term_to <= day else Standing.VALID


def certificate_number(scheme: Mapping[str, Any], *, village_code: str, year: int, number: int) -> str:
    """`LH2026-430903104221-007`: prefix and digits are a setting of the county."""
    prefix = re.sub(r"[^A-Za-z0-9]", "", str(scheme.get("prefix", PREFIX)))[:8]
    digits = min(6, max(2, int(scheme.get("digits", DIGITS))))
    return f"{prefix}{year}-{village_code}-{number:0{digits}d}"
