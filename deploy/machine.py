"""What gridcase needs from the operating system: apt installs it on Debian, elsewhere it is named."""

import contextlib
import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.steps import CommandFailed, Stop, run

# Handed through sudo, which otherwise drops them.
PASSED_ON = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


@dataclass(frozen=True)
class Need:
    """Something of the machine: how to see it, the Debian package that brings it, and what to call it."""

    package: str
    present: Callable[[], bool]
    en: str
    zh: str


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _spatialite() -> bool:
    return _loads("mod_spatialite.so")


def _atomic() -> bool:
    """What the browser's driver in the tests is linked against; a minimal Debian does not have it."""
    return _loads("libatomic.so.1")


def _postgis() -> bool:
    """A server of any version, with PostGIS for that version."""
    return any(
        Path(f"/usr/share/postgresql/{server.parts[-3]}/extension/postgis.control").is_file()
        for server in Path("/usr/lib/postgresql").glob("*/bin/initdb")
    )


# The first that is there opens the tests' pages. The shell is Chromium without its windows: the same pages for 0.6 of
# the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser() -> str | None:
    """The path of the Chromium that tests and measures use, if this machine has one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _chinese_font() -> bool:
    folders = (Path("/usr/share/fonts"), Path.home() / ".local" / "share" / "fonts")
    return any(next(folder.rglob("NotoSansCJK*"), None) for folder in folders)


def _venv() -> bool:
    return importlib.util.find_spec("ensurepip") is not None


FOR_RUNNING = (
    Need(
        "libsqlite3-mod-spatialite",
        _spatialite,
        "SpatiaLite's module for SQLite",
        "SQLite 的 SpatiaLite 模块",
    ),
    Need(f"python3.{sys.version_info.minor}-venv", _venv, "Python's venv module", "Python 的 venv 模块"),
)
FOR_TESTS = (
    Need("postgresql-postgis", _postgis, "PostgreSQL with PostGIS", "带 PostGIS 的 PostgreSQL"),
    Need("chromium-headless-shell", lambda: browser() is not None, "the browser Chromium", "Chromium 浏览器"),
    Need("fonts-noto-cjk", _chinese_font, "a Chinese font", "中文字体"),
    Need("libatomic1", _atomic, "the library libatomic", "libatomic 库"),
)


def install(needs: tuple[Need, ...]) -> None:
    """Bring what is missing; `Stop` names what cannot be brought."""
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    en, zh = ", ".join(need.en for need in missing), "、".join(need.zh for need in missing)
    if not shutil.which("apt-get"):
        raise Stop(
            f"Missing: {en}; this machine has no apt-get, so please install it with the system's own tools.",
            f"缺少{zh}；本机没有 apt-get，请用系统自带的工具安装。",
        )
    try:
        _apt([need.package for need in missing], _as_root(en, zh))
    except CommandFailed as failure:
        raise Stop(f"apt-get could not install {en}: {failure}.", f"apt-get 无法安装{zh}：{failure}。") from failure
    still = [need for need in missing if not need.present()]
    if still:
        raise Stop(
            f"Still missing after apt-get has run: {', '.join(need.en for need in still)}.",
            f"apt-get 运行后仍缺少{'、'.join(need.zh for need in still)}。",
        )


def _as_root(en: str, zh: str) -> list[str]:
    """Nothing for root, sudo for others; sudo may ask for a password where somebody sits at a terminal."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo"] if sys.stdin.isatty() else ["sudo", "--non-interactive"]
    quiet = None if sys.stdin.isatty() else subprocess.DEVNULL
    if not shutil.which("sudo") or subprocess.run([*sudo, "true"], check=False, stderr=quiet).returncode:
        raise Stop(
            f"Missing: {en}; installing it takes root or a user who may use sudo.",
            f"缺少{zh}；安装需要 root 或可以使用 sudo 的用户。",
        )
    return sudo


def _apt(packages: list[str], as_root: list[str]) -> None:
    settings = ["DEBIAN_FRONTEND=noninteractive"]
    settings += [f"{name}={os.environ[name]}" for name in PASSED_ON if name in os.environ]
    # Another program may be installing right now (unattended upgrades): wait for it.
    apt = [*as_root, "env", *settings, "apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"]
    install = [*apt, "install", "--no-install-recommends", *packages]
    try:
        run(install)
    except CommandFailed:  # most likely the package lists are empty or old
        with contextlib.suppress(CommandFailed):  # one broken source does not matter if the others suffice
            run([*apt, "update"])
        run(install)
