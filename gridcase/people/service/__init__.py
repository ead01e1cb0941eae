"""Writing persons, units, posts, who holds them, organisations and liaison records."""

from gridcase.people.service.register import (
    PostRow,
    add_person,
    add_persons,
    add_post,
    add_posts,
    add_unit,
    appoint,
    appoint_many,
)

__all__ = [
    "PostRow",
    "add_person",
    "add_persons",
    "add_post",
    "add_posts",
    "add_unit",
    "appoint",
    "appoint_many",
]
