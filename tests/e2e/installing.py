"""Where the real Cowries and their attacker are installed, once for all runs of the tests, and why one is not there."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sample.honeypot import install, interpreter, maybe_faketime

ROOT = Path(__file__).resolve().parent.parent.parent
VERSIONS = ("3.1.4", "2.9.0")
ASYNCSSH = "asyncssh==2.24.1"
FOLDER_MODE = 0o755


class Missing(Exception):
    """Something that these tests need is not to be had; the message says what and why."""


def packages() -> tuple[str, ...]:
    """Return what is installed, each into its own environment."""
    return (*(f"cowrie=={version}" for version in VERSIONS), ASYNCSSH)


def is_reachable(path: Path) -> bool:
    """Tell whether Cowrie's user can go there: it is nobody, where the tests are run by root."""
    whole = path.resolve()
    return os.getuid() != 0 or all(each.stat().st_mode & 0o001 for each in (whole, *whole.parents) if each.exists())


def base() -> Path:
    """Return the folder of the environments: in the checkout, or a temporary one where nobody can reach that."""
    within = ROOT / ".e2e"
    return within if is_reachable(within) else Path(tempfile.gettempdir()) / f"nacre-e2e-{os.getuid()}"


def environment(package: str) -> Path:
    """Return where a package is or would be installed."""
    return base() / package.replace("==", "-")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let no other process in meanwhile; workers of pytest-xdist are processes."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install_or_say_why(package: str) -> Path:
    """Return the environment of a package, installed if need be; raise Missing where that is not possible."""
    folder = base()
    folder.mkdir(exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise Missing(f"{folder} belongs to someone else")
    folder.chmod(FOLDER_MODE)
    target, why = environment(package), _reason(package)
    with alone(folder / "lock"):
        try:
            if not is_reachable(interpreter()):
                raise Missing("no interpreter that an unprivileged user can read; install python3")
            install(target, package)
        except (subprocess.CalledProcessError, Missing) as exc:
            said = exc.stderr if isinstance(exc, subprocess.CalledProcessError) else str(exc)
            why.write_text(" ".join((said or str(exc)).strip().splitlines()[-1:]))
            raise Missing(f"{package} does not install: {why.read_text()}") from exc
        why.unlink(missing_ok=True)
    return target


def _reason(package: str) -> Path:
    return base() / f"{environment(package).name}.failed"


def find_installed(package: str) -> Callable[[], tuple[bool, str]]:
    """Return a search for a package in its own environment."""

    def find() -> tuple[bool, str]:
        if (environment(package) / "installed").is_file():
            return True, f"PyPI {package}"
        why = _reason(package)
        return False, why.read_text() if why.is_file() else "not installed; tests/e2e does that when it is run"

    return find


def find_faketime() -> tuple[bool, str]:
    """Tell whether this machine has the library that moves Cowrie's clock."""
    library = maybe_faketime()
    return (True, library.name) if library else (False, "apt-get install faketime")
