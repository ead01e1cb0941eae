"""One step in the list of whom a home trusts."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import IntegerField
from wtforms.validators import Optional

from gridcase.web.formkit import BaseForm


class TrustForm(BaseForm):
    """Whom to add at the end, to move up by one, or to take off; each button sends one of them."""

    add = IntegerField(validators=[Optional()])
    up = IntegerField(validators=[Optional()])
    drop = IntegerField(validators=[Optional()])

    def applied(self, named: Sequence[int]) -> list[int] | None:
        """The list after this step; None when it would say the same."""
        wanted = list(named)
        if self.add.data:
            wanted.append(self.add.data)
        if self.drop.data in wanted:
            wanted.remove(self.drop.data)
        if self.up.data in wanted[1:]:
            place = wanted.index(self.up.data)
            wanted[place - 1], wanted[place] = wanted[place], wanted[place - 1]
        return wanted if wanted != list(named) else None
