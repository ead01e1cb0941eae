"""The steps behind `make setup`, `make run` and `make test`: everything installed, nothing twice.

`python -m deploy.bootstrap run|test`, with the standard library alone. A later start takes under a second.
"""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

from deploy import machine
from deploy.steps import LOG, ROOT, STAMPS, STATE, Step, Stop, fingerprint, run, run_all

VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
PIP = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]
PACKAGE = ROOT / "gridcase"
TRANSLATIONS = PACKAGE / "translations"
VENDOR = PACKAGE / "web" / "static" / "vendor" / "manifest.json"


def steps(purpose: str) -> list[Step]:
    """What `purpose` ("run" or "test") needs, in order."""
    needs = machine.FOR_RUNNING + (machine.FOR_TESTS if purpose == "test" else ())
    return [
        Step(
            f"machine-{purpose}",
            "System packages",
            "系统软件包",
            " ".join(need.package for need in needs),
            lambda: all(need.present() for need in needs),
            lambda: machine.install(needs),
        ),
        Step("venv", "Virtual environment", "虚拟环境", str(ROOT), _venv_works, _make_venv),
        _pip_step("packages", "Python packages", "Python 依赖包", "requirements.lock"),
        *([_pip_step("tools", "Test tools", "测试工具", "requirements-dev.lock")] if purpose == "test" else []),
        Step(
            "gridcase",
            "gridcase itself",
            "gridcase 本身",
            fingerprint([ROOT / "pyproject.toml"]),
            (VENV / "bin" / "gridcase").is_file,
            lambda: run([*PIP, "install", "--no-deps", "--no-build-isolation", "--editable", "."]),
        ),
        Step(
            "assets",
            "Front-end files",
            "前端文件",
            fingerprint([PACKAGE / "web" / "assets.py", *_npm_files()]),
            VENDOR.is_file,
            lambda: run([PYTHON, "-m", "gridcase.web.assets"]),
        ),
        Step(
            "translations",
            "Translations",
            "界面译文",
            fingerprint([PACKAGE / "web" / "translations.py", *sorted(TRANSLATIONS.rglob("*.po"))]),
            lambda: any(TRANSLATIONS.rglob("*.mo")),
            lambda: run([PYTHON, "-m", "gridcase.web.translations"]),
        ),
    ]


def _npm_files() -> list[Path]:
    return [ROOT / name for name in ("package.json", "package-lock.json", ".npmrc", "requirements-node.lock")]


def _pip_step(name: str, en: str, zh: str, lock: str) -> Step:
    command = [*PIP, "install", "--require-hashes", "-r", lock]
    return Step(name, en, zh, fingerprint([ROOT / lock]), lambda: True, lambda: run(command))


def _venv_works() -> bool:
    """False also where the system's Python moved on and left the environment's packages behind."""
    question = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pip') is None)"
    try:
        return subprocess.run([PYTHON, "-c", question], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make_venv() -> None:
    """A new environment: what was installed into an older one is gone, so the stamps that say it go too."""
    shutil.rmtree(VENV, ignore_errors=True)
    for name in ("packages", "tools", "gridcase"):
        (STAMPS / name).unlink(missing_ok=True)
    run([sys.executable, "-m", "venv", str(VENV)])


def main(arguments: list[str]) -> int:
    """Exit code 0 when everything is there; one sentence in both languages when not."""
    if arguments not in (["run"], ["test"]):
        print("python -m deploy.bootstrap run|test", file=sys.stderr)
        return 2
    try:
        STATE.mkdir(exist_ok=True)
        with (STATE / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two terminals: the second waits, then finds everything done
            LOG.write_bytes(b"")
            run_all(steps(arguments[0]))
    except Stop as reason:
        print(reason, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename} cannot be used: {error.strerror}.", file=sys.stderr)
        print(f"无法使用 {error.filename}：{error.strerror}。", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the next start goes on from here. 已中断，下次启动会继续。", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
