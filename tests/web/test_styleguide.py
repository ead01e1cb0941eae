"""The style guide answers whole, in both languages, and its pages hold nothing the content policy would block."""

from __future__ import annotations

import re

import pytest
from flask import Flask

PAGES = ("", "list", "case", "household", "report", "figures", "paper")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("language", "word"), [("zh-CN", "跳到正文"), ("en", "Skip to content")], ids=["zh", "en"])
def test_page(app: Flask, page: str, language: str, word: str) -> None:
    answer = app.test_client().get(f"/styleguide/{page}", headers={"Accept-Language": language})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in text
    assert word in text
    assert not re.search(r"""<[^>]+\s(?:style|on[a-z]+)\s*=\s*["']""", text)


def test_mistakes_are_said_beside_their_field_and_above_the_form(app: Flask) -> None:
    text = app.test_client().get("/styleguide/", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)
    assert 'href="#wrong-title"' in text
    field = re.search(r'<input[^>]*id="wrong-title"[^>]*>', text)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert "wrong-title-error" in field[0]
    assert re.search(r'id="wrong-title-error">.*?写一句话', text, flags=re.S)


@pytest.mark.parametrize("name", ["homes", "text"])
def test_what_is_optional_is_said(app: Flask, name: str) -> None:
    text = app.test_client().get("/styleguide/report", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)
    assert re.search(rf'<label for="{name}">[^<]*<span class="optional">选填', text)
    assert not re.search(r'<label for="title">[^<]*<span class="optional">', text)
