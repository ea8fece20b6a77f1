"""The real components that tests may meet, and the evidence of which ones they met.

Nothing here is declared by the tests: Python's audit events (PEP 578) tell what a process opened, its list
of modules what it loaded. A component counts when a test process, not one of its children, touched it. One that
runs as a process of its own is announced by an audit event too, once that process itself has said what it is.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from tests.e2e.installing import ASYNCSSH, VERSIONS, find_faketime, find_installed
from tests.examples.machine import find_program

ROOT = Path(__file__).resolve().parent.parent
CORPUS_VARIABLE = "NACRE_CORPUS"
CORPUS_DEFAULT = ROOT.parent / "shared" / "cowrie"
CORPUS = "real Cowrie logs"
SQLITE = "SQLite"
RUNNING_EVENT = "nacre.component"  # an audit event: its one detail is the name of a component that was seen running


@dataclass(frozen=True, slots=True)
class Component:
    """Something real that a test can run against."""

    name: str
    find: Callable[[], tuple[bool, str]]  # whether this machine has it; the version or place, or why not
    module: str = ""  # loaded when it takes part; empty where an audit event tells


def corpus_folder() -> Path:
    """Return where the real logs are, or would be: NACRE_CORPUS, else beside the checkout."""
    return Path(os.environ.get(CORPUS_VARIABLE) or CORPUS_DEFAULT).resolve()


def find_corpus() -> tuple[bool, str]:
    """Tell whether real logs are here."""
    folder = corpus_folder()
    shown = os.environ.get(CORPUS_VARIABLE) or os.path.relpath(folder, ROOT)
    if (folder / "logs").is_dir():
        return True, shown
    return False, f"no folder {shown}/logs; {CORPUS_VARIABLE} names another"


def find_distribution(name: str) -> Callable[[], tuple[bool, str]]:
    """Return a search for an installed distribution."""

    def find() -> tuple[bool, str]:
        try:
            return True, metadata.version(name)
        except metadata.PackageNotFoundError:
            return False, f"{name} is not installed"

    return find


COMPONENTS = (
    Component(CORPUS, find_corpus),
    Component(SQLITE, lambda: (True, sqlite3.sqlite_version)),
    Component("SQLAlchemy", find_distribution("sqlalchemy"), "sqlalchemy"),
    Component("Alembic", find_distribution("alembic"), "alembic"),
    Component("gzip by isal", find_distribution("isal"), "isal"),
    Component("Zstandard", find_distribution("backports-zstd"), "backports.zstd"),
    *(Component(f"Cowrie {version}", find_installed(f"cowrie=={version}")) for version in VERSIONS),
    Component("asyncssh", find_installed(ASYNCSSH)),
    Component("libfaketime", find_faketime),
    Component("systemd-analyze", partial(find_program, "systemd-analyze")),
    Component("systemd-nspawn", partial(find_program, "systemd-nspawn", needs_root=True)),
    Component("podman", partial(find_program, "podman", needs_root=True)),
)


class Evidence:
    """What this process touched since it began to listen."""

    def __init__(self, corpus: Path) -> None:
        self.prefix = f"{corpus}{os.sep}"
        self.touched: set[str] = set()

    def listen(self) -> None:
        """Take note from now on; there is no way to stop, Python keeps audit hooks until it ends."""
        sys.addaudithook(self.note)

    def note(self, event: str, details: tuple[Any, ...]) -> None:
        """Take note of one audit event."""
        if event == "sqlite3.connect":
            self.touched.add(SQLITE)
        elif event == RUNNING_EVENT:
            self.touched.add(str(details[0]))
        elif event == "open" and os.fspath(details[0] if isinstance(details[0], str | Path) else "").startswith(
            self.prefix
        ):
            self.touched.add(CORPUS)

    def found(self) -> set[str]:
        """Return the names of the components that took part in this process."""
        loaded = {each.name for each in COMPONENTS if each.module and each.module in sys.modules}
        return self.touched | loaded


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    name: str
    state: str  # took part, not touched or absent
    detail: str

    @property
    def is_absent(self) -> bool:
        """Tell whether this machine lacks it."""
        return self.state == "absent"


def table(took_part: Iterable[str]) -> list[Line]:
    """Return a line for each component, given the names of those that took part."""
    names = set(took_part)
    lines = []
    for component in COMPONENTS:
        here, detail = component.find()
        state = "absent" if not here else "took part" if component.name in names else "not touched"
        lines.append(Line(component.name, state, detail))
    return lines
