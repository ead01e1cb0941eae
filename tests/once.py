"""What is the same for every application of a run, made once a process: compiled pages, addresses and statements.

An application is made for nearly every test. Compiling its first page takes about 0.15 s, its addresses 0.10 s, and
the statements of a page 0.05 s; an office's server does each once and then runs for weeks.
"""

from __future__ import annotations

import functools
import gc
from types import CodeType
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.datastructures import ImmutableDict
from werkzeug.routing import Rule

STATEMENTS = 5000


class KeptPages(BytecodeCache):
    """The compiled code of each page, by the digest of its source."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """The code made before, if its source is still the same."""
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        assert bucket.code is not None
        self.kept[bucket.key, bucket.checksum] = bucket.code


def _keep_addresses() -> None:
    """Werkzeug takes an address apart out of nothing but what stands in the key here."""
    take_apart = Rule.compile
    kept: dict[Any, dict[str, Any]] = {}

    @functools.wraps(take_apart)
    def compile_once(rule: Rule) -> None:
        assert rule.map is not None
        domain = rule.host if rule.map.host_matching else rule.subdomain
        converters = tuple(rule.map.converters.items())
        key = (rule.rule, domain, rule.merge_slashes, repr(rule.defaults), converters)
        if key not in kept:
            take_apart(rule)
            kept[key] = {name: getattr(rule, name) for name in ("_parts", "_trace", "_converters", "arguments")}
            kept[key] |= {name: getattr(rule, name).__func__ for name in ("_build", "_build_unknown")}
            return
        parts = kept[key]
        vars(rule).update(parts, arguments=set(parts["arguments"]))
        rule._build = parts["_build"].__get__(rule)
        rule._build_unknown = parts["_build_unknown"].__get__(rule)

    Rule.compile = compile_once


def _keep_statements() -> None:
    """SQLAlchemy keeps a statement's text by dialect and shape; here all databases of a kind keep theirs together."""
    make_engine = SQLAlchemy._make_engine
    kept: dict[type, LRUCache[Any, Any]] = {}

    @functools.wraps(make_engine)
    def make(self: SQLAlchemy, *arguments: Any) -> Engine:
        engine = make_engine(self, *arguments)
        engine._compiled_cache = kept.setdefault(type(engine.dialect), LRUCache(STATEMENTS))
        return engine

    SQLAlchemy._make_engine = make
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = lambda one, other: type(one) is type(other)
        dialect.__hash__ = lambda one: hash(type(one))


def register() -> None:
    """Called once by tests/conftest.py."""
    Flask.jinja_options = ImmutableDict(bytecode_cache=KeptPages())
    _keep_addresses()
    _keep_statements()


def leave_alone() -> None:
    """What stands when the tests begin stays to the end: looking through it for garbage again and again was a fifth of
    their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(2000, 20, 50)
