"""`python -m tests.shop.power_cut WHERE REDEMPTION`: hand over, and be killed on the way (kill -9 of oneself).

WHERE: `between` (points are spent, stock has not moved), `commit` (everything is written, nothing is kept yet),
`after` (kept, and nobody was told).
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from gridcase.app import create_app
from gridcase.core import clock
from gridcase.core.config import from_env
from gridcase.core.db import db, transaction
from gridcase.shop import service
from gridcase.shop.models import Redemption
from tests.factories.world import MAKER


def die(*_arguments: Any, **_named: Any) -> None:
    """As a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(where: str, redemption_id: int) -> None:
    """Hand it over."""
    if where == "between":
        service.stock.move = die  # type: ignore[assignment]
    if where == "commit":
        event.listen(Session, "before_commit", die)
    with create_app(from_env()).app_context():
        with transaction():
            row = db.session.get_one(Redemption, redemption_id)
            service.redemptions.hand_over(row, actor=MAKER, now=clock.now())
        die()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
