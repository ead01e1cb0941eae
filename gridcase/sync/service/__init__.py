"""Taking in what phones hand in: one item, one transaction, one row."""

from gridcase.sync.service.handing import hand_over, put_aside, take_over
from gridcase.sync.service.keeping import forget_answers
from gridcase.sync.service.sealed import NewBox, deposit, disown, file_kept, open_box
from gridcase.sync.service.taking import Answered, IdReused, Sender, take
from gridcase.sync.service.uploads import (
    Announced,
    NoItem,
    PhotoRefused,
    begin,
    checked,
    finish,
    refuse,
    remove_unfinished,
)

__all__ = [
    "Announced",
    "Answered",
    "IdReused",
    "NewBox",
    "NoItem",
    "PhotoRefused",
    "Sender",
    "begin",
    "checked",
    "deposit",
    "disown",
    "file_kept",
    "finish",
    "forget_answers",
    "hand_over",
    "open_box",
    "put_aside",
    "refuse",
    "remove_unfinished",
    "take",
    "take_over",
]
