"""The form of an import: a file, where it belongs, and the confirmation of what was checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import HiddenField, SelectField
from wtforms.validators import Regexp

from gridcase.web.formkit import BaseForm

Choices = Sequence[tuple[str, str]]


class UploadForm(BaseForm):
    """The list, and the place it belongs to."""

    file = FileField(
        _("表格文件"),
        validators=[FileRequired(_("请选择文件。")), FileAllowed(["xlsx", "csv"], _("请选 .xlsx 或 .csv 文件。"))],
    )
    town = SelectField(_("乡镇"))
    village = SelectField(_("村"), default="")

    def __init__(self, *, towns: Choices, villages: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.town.choices = list(towns)
        self.village.choices = [("", _("全镇（先进“待分类”）")), *villages]


class ConfirmForm(BaseForm):
    """What was checked is taken over: the file is named by its digest."""

    digest = HiddenField(validators=[Regexp(r"^[0-9a-f]{64}$")])
    town = HiddenField()
    village = HiddenField()
