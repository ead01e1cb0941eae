"""Chinese text as it comes in and as it is looked for: cleaning, search tokens, initials, excerpts. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from gridcase.core.late import Late

if TYPE_CHECKING:
    import pypinyin
else:
    pypinyin = Late("pypinyin")

# Full-width letters, digits and signs inside codes become the plain form. Chinese punctuation is full-width
# too and stays: plain NFKC would spoil it.
_PLAIN_FORM = re.compile("[０-９Ａ-Ｚａ-ｚ＋－．／＠＿％＃⺀-⿕]")
# The radicals that PDF copies use for whole characters, where Unicode itself knows no plain form.
_RADICALS = str.maketrans(
    "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰", "民虎西见角贝车长门青页风飞食马骨鬼鱼鸟麦黄齐齿龙"
)
# Unicode's categories Cc, Cf and Cs but for line end and tab, written out: asking for the category of every single
# character of a long text takes four times as long as all the rest.
_HIDDEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u180e"
    "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ud800-\\udfff\\ufeff\\ufff9-\\ufffb"
    "\\U000110bd\\U000110cd\\U00013430-\\U0001343f\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a"
    "\\U000e0001\\U000e0020-\\U000e007f]"
)
_BLANK = re.compile(r"[^\S\n]+")
_LINE_END = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_BLANK_LINES = re.compile(r"\n{3,}")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_TOKEN = re.compile(f"[{_HAN}]+|[^\\W_{_HAN}]+")
_IS_HAN = re.compile(f"[{_HAN}]")
_WORD = re.compile("[a-z0-9]+")

# Surnames read otherwise than the same character elsewhere, and the compound ones that are the exception.
_SURNAMES = "单s 仇q 解x 曾z 查z 区o 朴p 翟z 乐y 覃q 种c 折s 隗w 繁p 祭z 召s 句g 秘b 乜n 莘s 校x 佴n 缪m"
_SURNAME_INITIAL = {pair[0]: pair[1] for pair in _SURNAMES.split()}
_COMPOUND_AS_READ = ("单于",)


def clean(text: str) -> str:
    """The text without the dirt of copying: one kind of blank and line end, no control or hidden characters,
    at most one empty line in a row, nothing around it. What PostgreSQL or UTF-8 cannot hold goes as well."""
    text = _LINE_END.sub("\n", text)
    text = _PLAIN_FORM.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text).translate(_RADICALS)
    text = unicodedata.normalize("NFC", text)
    text = _HIDDEN.sub("", text)
    lines = (_BLANK.sub(" ", line).strip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def clean_line(text: str) -> str:
    """`clean` for a field of one line: names, titles, numbers."""
    return " ".join(clean(text).split())


def bigrams(text: str) -> list[str]:
    """Search tokens in the order of the text: overlapping pairs of Chinese characters, and words of letters
    and digits in lower case. Only a lone character is a token of one: a query needs two to find a word."""
    tokens: list[str] = []
    for run in _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if _IS_HAN.match(run) and len(run) > 1:
            tokens += [run[place : place + 2] for place in range(len(run) - 1)]
        else:
            tokens.append(run)
    return tokens


def initials(name: str) -> str:
    """The letters one types to find a name: `张小明` -> `zxm`, surnames as they are read (`单` -> `s`)."""
    name = clean_line(name)
    found = "".join(pypinyin.lazy_pinyin(name, style=pypinyin.Style.FIRST_LETTER, errors=_other_initials))
    if name[:1] in _SURNAME_INITIAL and not name.startswith(_COMPOUND_AS_READ):
        found = _SURNAME_INITIAL[name[0]] + found[1:]
    return found


def full_pinyin(name: str) -> str:
    """The name in letters: `张小明` -> `zhangxiaoming`; what cannot be read is left out."""
    return "".join(pypinyin.lazy_pinyin(clean_line(name), style=pypinyin.Style.NORMAL, errors=_letters))


def excerpt(text: str, *, length: int = 60, around: str = "") -> str:
    """At most `length` characters on one line, cut with `…`; with `around`, the part holding those words."""
    line = clean_line(text)
    if len(line) <= length:
        return line
    place = line.casefold().find(around.casefold()) if around else 0
    begins = max(0, place - length // 4)
    if begins == 0:
        return line[: length - 1].rstrip() + "…"
    if begins + length > len(line):
        return "…" + line[1 - length :].lstrip()
    return "…" + line[begins : begins + length - 2].strip() + "…"


def _letters(chars: str) -> str:
    return "".join(_WORD.findall(chars.casefold()))


def _other_initials(chars: str) -> str:
    return "".join(word[0] for word in _WORD.findall(chars.casefold()))
