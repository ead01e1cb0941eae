"""A step of the installation: skipped when its stamp says that it was done with the same inputs."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / ".gridcase"
STAMPS = STATE / "stamps"
LOG = STATE / "setup.log"
# How pip, apt and npm say that there is no way to their source.
UNREACHABLE = (
    "connection broken by",
    "Temporary failure resolving",
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
)


class Stop(Exception):
    """The installation cannot go on; one sentence says why, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{en}\n{zh}")


class CommandFailed(Exception):
    """A command ended with an error; the text is the last thing it said."""


@dataclass(frozen=True)
class Step:
    """What is done, from which inputs, and how to see that its result is still there."""

    name: str
    en: str
    zh: str
    inputs: str
    present: Callable[[], bool]
    do: Callable[[], None]

    @property
    def _stamp(self) -> Path:
        return STAMPS / self.name

    def is_done(self) -> bool:
        """True where nothing changed since the last time and the result is in place."""
        return self._stamp.is_file() and self._stamp.read_text("utf-8") == self.inputs and self.present()

    def run(self) -> None:
        """Do it; the stamp is written last, so that an interrupted step is done again."""
        self._stamp.unlink(missing_ok=True)
        try:
            self.do()
        except CommandFailed as failure:
            raise Stop(
                f"{self.en} could not be installed: {failure} (all of it is in {LOG.relative_to(ROOT)}).",
                f"{self.zh}安装失败，原因见上一行，完整记录在 {LOG.relative_to(ROOT)}。",
            ) from failure
        STAMPS.mkdir(parents=True, exist_ok=True)
        self._stamp.write_text(self.inputs, "utf-8")


def fingerprint(files: Iterable[Path], *more: str) -> str:
    """A hash over the contents of files, in order, and further texts."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    digest.update("\0".join(more).encode())
    return digest.hexdigest()


def run_all(steps: list[Step]) -> None:
    """Do what is not done yet, and show it."""
    begun = time.monotonic()
    done = sum(_run_one(step, number, len(steps)) for number, step in enumerate(steps, 1))
    if not done:
        print(f"Everything is installed ({time.monotonic() - begun:.1f} s)", flush=True)


def _run_one(step: Step, number: int, of: int) -> bool:
    if step.is_done():
        return False
    begun = time.monotonic()
    print(f"[{number}/{of}] {step.en} · {step.zh} ... ", end="", flush=True)
    try:
        step.run()
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - begun:.0f} s", flush=True)
    return True


def run(command: list[str]) -> None:
    """Run a command in the checkout, its output in the log; on a terminal a dot every second shows life."""
    with LOG.open("a+b") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        start = log.tell()
        try:
            process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        except OSError as error:
            raise CommandFailed(f"{command[0]}: {error.strerror}") from error
        while _still_running(process):
            if sys.stdout.isatty():
                print(".", end="", flush=True)
        if process.returncode:
            log.seek(start)
            raise CommandFailed(_last_words(log.read().decode("utf-8", "replace"), process.returncode))


def _still_running(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return True
    return False


def _last_words(output: str, code: int) -> str:
    """The line that names the cause: pip and apt mark theirs, of others it is the last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    marked = [line for line in lines if line.lower().startswith(("error", "e:", "npm error"))]
    said = (marked or lines or [f"exit code {code}"])[-1][:300]
    return f"the source cannot be reached; {said}" if any(sign in output for sign in UNREACHABLE) else said
