"""Where templates, migrations and seed data lie: bundled in a wheel, else in the checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
_BUNDLED = PACKAGE / "_bundled"
ROOT = _BUNDLED if _BUNDLED.exists() else PACKAGE.parent

TEMPLATES = ROOT / "templates"
MIGRATIONS = ROOT / "migrations"
SEED_DATA = ROOT / "seed_data"
STATIC = PACKAGE / "web" / "static"
TRANSLATIONS = PACKAGE / "translations"
