"""The least an application can be: what a start and a request cost at least."""

from __future__ import annotations

from flask import Flask

hello = Flask("hello")


@hello.get("/")
def _hello() -> str:
    return "hello"
