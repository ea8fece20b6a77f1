"""What the examples are tried with: real programs, an interpreter that may be copied, wheels, lines of the how-to."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PAGE = ROOT / "docs" / "how-to" / "run-as-a-service.md"

CAP_SYS_ADMIN = 21  # capability.h: without it no mount and no namespace
BOOTED = Path("/run/systemd/system")  # sd_booted(3): there when systemd is this machine's init


def find_program(name: str, *, needs_root: bool = False) -> tuple[bool, str]:
    """Tell whether a program is here and may do its work; its version, or why not."""
    path = shutil.which(name)
    if path is None:
        return False, f"{name} is not installed"
    if needs_root and not may_mount():
        return False, f"{name} needs root and CAP_SYS_ADMIN"
    shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    return True, (shown.splitlines() or ["of no version"])[0]


def may_mount() -> bool:
    """Tell whether this process may mount and make namespaces, as containers need it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (held,) = (int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:"))
    return os.geteuid() == 0 and bool(held >> CAP_SYS_ADMIN & 1)


def need(name: str, *, needs_root: bool = False) -> None:
    """Skip the test where a program is absent."""
    here, why = find_program(name, needs_root=needs_root)
    if not here:
        pytest.skip(why)


def block(heading: str, *, having: str) -> list[str]:
    """Return the lines of the how-to's code block that holds a text, below a heading."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"(?:^ {4}.*\n(?:\n(?= {4}))?)+", section, re.MULTILINE)
    (found,) = [each for each in blocks if having in each]
    return [line.removeprefix("    ") for line in found.splitlines()]


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A CPython that a machine made by a test can use: under /usr, with the means to make environments."""

    path: Path
    version: str  # as in 3.11


def interpreter() -> Interpreter:
    """Return the interpreter; skip the test where there is none."""
    script = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2])"
    for folder in ("/usr/local/bin", "/usr/bin"):
        path = Path(folder, "python3").resolve()
        if path.exists():
            shown = subprocess.run([path, "-c", script], capture_output=True, text=True, check=False).stdout.strip()
            if shown in ("3.11", "3.12", "3.13"):
                return Interpreter(path, shown)
    pytest.skip("no python3 of 3.11 to 3.13 with ensurepip under /usr (Debian: apt-get install python3-venv)")


def wheels(folder: Path, python: Interpreter) -> Path:
    """Return a folder with the wheel of this checkout and those that requirements.lock pins, got once a run."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not list(folder.glob("nacre-*.whl")):
            pinned = ["--require-hashes", "--requirement", str(ROOT / "requirements.lock")]
            form = ["--only-binary=:all:", "--no-deps", "--python-version", python.version]
            try:
                pip("download", *pinned, *form, "--dest", str(folder))
            except subprocess.CalledProcessError as exc:
                if os.environ.get("CI"):
                    raise
                pytest.skip(f"pip cannot get the pinned wheels: {exc.stderr.strip().splitlines()[-1]}")
            (line,) = [line for line in block("Install for systemd", having="pip wheel") if "pip wheel" in line]
            arguments = line.replace("--wheel-dir dist .", "").split()[1:]
            pip(*arguments, "--wheel-dir", str(folder), str(ROOT))
    return folder


def pip(*arguments: str) -> None:
    """Run pip of the environment that the tests run in."""
    subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=True)


def checkout(folder: Path, wheel_folder: Path) -> Path:
    """Make what the how-to's lines need of a checkout, with the wheel where `pip wheel` leaves it."""
    (folder / "dist").mkdir(parents=True)
    for wheel in wheel_folder.glob("nacre-*.whl"):
        shutil.copy(wheel, folder / "dist")
    shutil.copy(ROOT / "requirements.lock", folder)
    shutil.copytree(EXAMPLES, folder / "examples")
    return folder
