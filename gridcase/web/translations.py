"""`python -m gridcase.web.translations`: merge the rooms' English sentences and compile them (and Chinese, the source).

One `.po` file a room keeps them short and lets two people work at once; gettext wants one compiled file a language.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from gridcase.core.paths import TRANSLATIONS

LANGUAGES = ("en",)


def merged(language: str, folder: Path = TRANSLATIONS) -> Catalog:
    """All rooms' sentences of one language; a sentence translated in two ways is refused."""
    catalog = Catalog(locale=language)
    for path in sorted((folder / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id:
                    continue
                known = catalog.get(message.id)
                if known is not None and known.string != message.string:
                    raise ValueError(f"{path.name}: {message.id!r} is translated in two ways")
                catalog[message.id] = message
    return catalog


def compile_all(folder: Path = TRANSLATIONS) -> None:
    """Write `<language>/LC_MESSAGES/messages.mo` for every language."""
    for language in LANGUAGES:
        target = folder / language / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, merged(language, folder))


if __name__ == "__main__":
    compile_all()
