"""Writing: telling somebody, and the channels by which what is told leaves the house."""

from gridcase.notices.service.channels import add, change_what, confirm, remove, retry, retry_under, test
from gridcase.notices.service.telling import Telling, key_of, mark_read, tell, tell_all

__all__ = [
    "Telling", "add", "change_what", "confirm", "key_of", "mark_read", "remove", "retry", "retry_under",
    "tell", "tell_all", "test",
]  # fmt: skip
