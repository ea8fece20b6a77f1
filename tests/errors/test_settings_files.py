"""Settings that cannot be followed: the message names the setting and where it was read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.errors.command import LOG, contents, fails, nacre

FILES = {
    "not TOML": (b"top =", "nacre.toml is not TOML: Invalid value", "see https://toml.io"),
    "not UTF-8": (b"# caf\xe9\n", "nacre.toml is not TOML: 'utf-8' codec can't decode", "see https://toml.io"),
    "unknown key": (b"tops = 5\n", "unknown setting 'tops' in nacre.toml", "known are store, busy_seconds"),
    "unknown table": (b"[reports]\ntop = 5\n", "unknown setting 'reports' in nacre.toml", "known are store"),
    "a word for a number": (b'top = "many"\n', "top in nacre.toml is not a number: 'many'", "the default is 10"),
    "a list for a number": (b"top = [5]\n", "top in nacre.toml is not a number: [5]", "the default is 10"),
    "true for a number": (b"top = true\n", "top in nacre.toml is not a number: True", "the default is 10"),
    "a fraction": (b"batch_bytes = 1.5\n", "batch_bytes in nacre.toml is not a number: 1.5", "the default is 2097152"),
    "too small": (
        b"line_bytes_max = 5\n",
        "line_bytes_max in nacre.toml is out of range: 5",
        "the default is 33554432",
    ),
    "too large": (b"top = 99999999999999999999\n", "top in nacre.toml is out of range: 9999", "the default is 10"),
    "not a number": (b"busy_seconds = nan\n", "busy_seconds in nacre.toml is out of range: nan", "the default is 30"),
    "a number for a text": (b"store = 5\n", "store in nacre.toml is not a text: 5", 'write it like "nacre.db"'),
    "a text for a table": (b'sensors = "attic"\n', "sensors in nacre.toml is not a table of names", "write it like"),
    "a number for a name": (
        b"[sensors]\nattic = 5\n",
        "sensors in nacre.toml is not a table of names",
        "write it like",
    ),
}
VARIABLES = {
    "NACRE_TOP": ("many", "top in the variable NACRE_TOP is not a number: 'many'", "the default is 10"),
    "NACRE_BUSY_SECONDS": ("-1", "busy_seconds in the variable NACRE_BUSY_SECONDS is out of", "the default is 30.0"),
    "NACRE_BATCH_BYTES": ("2M", "batch_bytes in the variable NACRE_BATCH_BYTES is not a number", "the default is 2097"),
    "NACRE_LINE_BYTES_MAX": (
        "0",
        "line_bytes_max in the variable NACRE_LINE_BYTES_MAX is out of",
        "the default is 335",
    ),
    "NACRE_STORE": ("mysql://x", "'mysql://x' is not a store that this nacre knows", "name a file with --store"),
    "NACRE_CONFIG": ("nowhere.toml", "cannot read the settings file nowhere.toml", "name another with --config"),
}
UNREADABLE = {
    "missing": ("nowhere.toml", "cannot read the settings file nowhere.toml"),
    "a directory": ("empty", "cannot read the settings file empty"),
    "a log": ("cowrie.json", "the settings file cowrie.json is not TOML"),
}


@pytest.mark.parametrize("name", FILES)
def test_file(name: str, place: Path) -> None:
    """A mistake in nacre.toml stops a load before it touches anything."""
    content, error, hint = FILES[name]
    (place / "nacre.toml").write_bytes(content)
    before = contents(place)
    told = fails(place, "load", LOG)

    assert (2, True, True) == (told.code, error in told.error, hint in told.next), told
    assert before == contents(place)


@pytest.mark.parametrize("name", VARIABLES)
def test_variable(name: str, place: Path) -> None:
    """A mistake in a variable is told with the variable's name."""
    value, error, hint = VARIABLES[name]
    told = fails(place, "status", variables={name: value})

    assert (2, True, True) == (told.code, error in told.error, hint in told.next), told


@pytest.mark.parametrize("name", UNREADABLE)
def test_file_that_is_named(name: str, place: Path) -> None:
    """A settings file that was asked for and cannot be used is an error, not a reason to go on without."""
    config, error = UNREADABLE[name]
    told = fails(place, "--config", config, "status")

    assert (2, True) == (told.code, error in told.error), told


def test_variable_that_says_nothing(place: Path) -> None:
    """An empty variable is as good as none."""
    done = nacre(place, "status", variables=dict.fromkeys(VARIABLES, ""))

    assert (0, "") == (done.returncode, done.stderr)


def test_name_with_nul(place: Path) -> None:
    """A NUL that TOML lets into the store's name is told as a path that cannot be reached."""
    (place / "nacre.toml").write_text('store = "a\\u0000b"\n', encoding="utf-8")
    codes = {name: fails(place, *name.split()).code for name in ("status", "load cowrie.json", "store current")}

    assert {"status": 4, "load cowrie.json": 4, "store current": 4} == codes
