"""The reading commands as a user calls them: what they print, and the code they leave with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.reading import BUSY, HOSTILE

from nacre import __version__
from nacre.cli.main import cli
from nacre.store.revision import HEAD_REVISION

PYTHON = [sys.executable, "-m", "nacre"]


def nacre(*arguments: str | Path) -> Result:
    """Call a command."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("report", "daily"), "daily report 2026-11-24"),
        (("report", "weekly", "2026-W48"), "weekly report 2026-W48"),
        (("report", "monthly", "--sensor", "cellar"), "sensors  cellar"),
        (("report", "daily", "2027-01-01"), "No events in this period."),
        (("sessions", "--since", "2026-11-24", "--min-commands", "2"), BUSY),
        (("sessions", "--failed", "--limit", "1"), "cellar"),
        (("show", HOSTILE), "echo \\x1b]0;owned\\x07\\nrm -rf /"),
        (("status",), "21 events in 4 sessions"),
        (("store", "current"), HEAD_REVISION),
    ],
)
def test_reading(store: Path, arguments: tuple[str, ...], words: str) -> None:
    """Each reading command answers and leaves with 0."""
    result = nacre("--store", store, *arguments)

    assert (result.exit_code, words in result.stdout) == (0, True)


@pytest.mark.parametrize("arguments", [("report", "daily"), ("sessions",), ("show", BUSY), ("status",)])
def test_json(store: Path, arguments: tuple[str, ...]) -> None:
    """Each reading command prints one JSON object with --json, and nothing else."""

    assert isinstance(json.loads(nacre("--store", store, *arguments, "--json").stdout), dict)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("report", "daily", "2026-13-01"), 2, "nacre: '2026-13-01' is not a daily period"),
        (("report", "daily", "--sensor", "roof"), 3, "nacre: the store knows no sensor roof\n  next: it knows attic"),
        (("show", "zzzz"), 3, "nacre: the store holds no session 'zzzz'\n  next: "),
        (("show", "bbbb"), 3, "nacre: several sessions begin with 'bbbb'"),
        (("sessions", "--since", "soon"), 2, "nacre: 'soon' is not a time\n  next: write it like "),
        (("report", "daily", "--out", "/nowhere/x"), 2, "nacre: cannot write /nowhere/x\n  because: FileNotFoundError"),
        (("store", "downgrade", "base"), 2, "nacre: a downgrade can delete data"),
    ],
)
def test_errors(store: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    """An error is told on standard error, with its cause and what to do next; nothing is on standard output."""
    result = nacre("--store", store, *arguments)

    assert (result.exit_code, result.stdout, told in result.stderr) == (code, "", True)


def test_no_store(tmp_path: Path) -> None:
    """Without a store a reading command says how to make one, and makes none itself."""
    result = nacre("--store", tmp_path / "none.db", "status")

    assert (result.exit_code, "make one with: nacre load PATH" in result.stderr, list(tmp_path.iterdir())) == (
        4,
        True,
        [],
    )


def test_hostile_argument_is_escaped(store: Path) -> None:
    """What a user pasted from a log is escaped in the error as well."""

    assert "\x1b" not in nacre("--store", store, "show", "\x1b]0;x\x07").stderr


def test_verbose_adds_the_trace(store: Path) -> None:
    """With -v the trace comes before the error."""
    result = nacre("-v", "--store", store, "show", "zzzz")

    assert (result.stderr.startswith("Traceback"), "nacre: the store holds no session" in result.stderr) == (True, True)


def test_report_into_a_file(store: Path, tmp_path: Path) -> None:
    """--out writes what would be printed, and leaves nothing else behind."""
    out = tmp_path / "report.txt"
    result = nacre("--store", store, "report", "daily", "--out", out)

    assert (result.stdout, out.read_text(encoding="utf-8"), list(tmp_path.iterdir())) == (
        "",
        nacre("--store", store, "report", "daily").stdout,
        [out],
    )


def test_variable_names_the_store(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NACRE_STORE stands in for --store."""
    monkeypatch.setenv("NACRE_STORE", str(store))

    assert nacre("status").exit_code == 0


def test_store_commands(tmp_path: Path) -> None:
    """A store can be made, asked for its schema, upgraded, checked, optimized and taken back to nothing."""
    path = tmp_path / "new.db"
    steps = ("init", "current", "upgrade", "check", "optimize", "downgrade base --yes", "current")
    results = [nacre("--store", path, "store", *step.split()) for step in steps]

    assert ([result.exit_code for result in results], results[1].stdout, results[-1].stdout) == (
        [0] * 7,
        f"{HEAD_REVISION}\n",
        f"none (this nacre needs {HEAD_REVISION})\n",
    )


@pytest.mark.parametrize("command", [(), *[(name,) for name in cli.list_commands(None)]])  # type: ignore[arg-type]
def test_help(command: tuple[str, ...]) -> None:
    """Every command has help, with an example."""
    result = nacre(*command, "--help")

    assert (result.exit_code, "xample" in result.stdout or command == ()) == (0, True)


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Call nacre as a process."""
    return subprocess.run([*PYTHON, *arguments], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("line", "code"), [("--version", 0), ("", 2), ("fly", 2), ("--fast", 2), ("--store /nowhere/x status", 4)]
)
def test_process(line: str, code: int) -> None:
    """The codes are those of the process."""

    assert run(line.split()).returncode == code


def test_version() -> None:
    """--version prints name and version."""

    assert run(["--version"]).stdout == f"nacre {__version__}\n"


@pytest.mark.parametrize(
    ("line", "heavy"), [("--version", "sqlite3 msgspec json"), ("report daily", "rich sqlalchemy alembic")]
)
def test_imports_stay_light(store: Path, line: str, heavy: str) -> None:
    """Quick commands do not import what would make them slow."""
    code = (
        "import sys; from nacre.cli.main import main; main(sys.argv[2:]); "
        "sys.stderr.write(repr([name for name in sys.argv[1].split() if name in sys.modules]))"
    )
    command = [sys.executable, "-c", code, heavy, "--store", str(store), *line.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert done.stderr == "[]"


def test_reader_that_leaves(store: Path) -> None:
    """When whoever reads the output is gone, nacre ends without a word, and not with the code of findings."""
    receiving, sending = os.pipe()
    os.close(receiving)
    command = [*PYTHON, "--store", str(store), "show", BUSY]
    with os.fdopen(sending, "wb") as stream:
        done = subprocess.run(command, stdout=stream, stderr=subprocess.PIPE, check=False, timeout=60)

    assert (done.returncode, done.stderr) == (141, b"")
