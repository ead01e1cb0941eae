"""Writing: telling somebody, and the channels by which what is told leaves the house."""

from gridcase.notices.service.channels import (
    add,
    change_what,
    confirm,
    purge,
    remove,
    retry,
    retry_under,
    seal_anew,
    test,
)
from gridcase.notices.service.telling import Telling, key_of, mark_read, tell, tell_all

__all__ = [
    "Telling", "add", "change_what", "confirm", "key_of", "mark_read", "purge", "remove", "retry", "retry_under",
    "seal_anew", "tell", "tell_all", "test",
]  # fmt: skip
