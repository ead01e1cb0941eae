"""Settings that must not be, each refused with a sentence that names what to change."""

from __future__ import annotations

from typing import Any

import pytest

from gridcase.core.config import Config, from_env
from gridcase.core.errors import SetupProblem

PRODUCTION = {"env": "production", "secret_key": "x" * 32, "trusted_hosts": "grid.example.cn"}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"env": "prod"}, "GRIDCASE_ENV"),
        ({**PRODUCTION, "secret_key": ""}, "SECRET_KEY"),
        ({**PRODUCTION, "secret_key": "x" * 31}, "SECRET_KEY"),
        ({**PRODUCTION, "trusted_hosts": ""}, "TRUSTED_HOSTS"),
        ({**PRODUCTION, "now": "2026-01-01T00:00"}, "GRIDCASE_NOW"),
        ({**PRODUCTION, "outbox_file": "out.jsonl"}, "GRIDCASE_OUTBOX_FILE"),
        ({"env": "demo", "host": "0.0.0.0"}, "GRIDCASE_DEMO_ANYWHERE"),
        ({"notice_days": 2}, "GRIDCASE_NOTICE_DAYS"),
        ({"notice_days": 16}, "GRIDCASE_NOTICE_DAYS"),
    ],
)
def test_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(SetupProblem, match=words):
        Config(**settings).checked()


@pytest.mark.parametrize(
    "settings", [PRODUCTION, {"env": "demo", "host": "0.0.0.0", "demo_anywhere": True}, {"notice_days": 3}]
)
def test_accepted(settings: dict[str, Any]) -> None:
    assert Config(**settings).checked()


def test_the_environment_is_read_and_nonsense_named() -> None:
    config = from_env({"GRIDCASE_PORT": "9000", "GRIDCASE_HTTPS": "yes", "GRIDCASE_HOST": "::1"})
    assert (config.port, config.https, config.host) == (9000, True, "::1")
    with pytest.raises(SetupProblem, match="GRIDCASE_PORT"):
        from_env({"GRIDCASE_PORT": "many"})
