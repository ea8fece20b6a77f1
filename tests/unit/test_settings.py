"""Settings: where they come from, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from nacre.errors import SettingsError
from nacre.settings import Settings, load_settings

FILE = """
store = "team.db"
top = 20
busy_seconds = 1.5
[sensors]
"/data/attic/*" = "attic"
"3f2a9c11d0b4" = "cellar"
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    """Return the path of a settings file."""
    path = tmp_path / "nacre.toml"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


def test_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without anything the store is nacre.db in the working directory."""
    monkeypatch.chdir(tmp_path)

    assert load_settings(environ={}) == Settings()


def test_file(config: str, tmp_path: Path) -> None:
    """A file sets what it names; the path of the store starts from the file's folder; sensors keep their order."""
    rules = (("/data/attic/*", "attic"), ("3f2a9c11d0b4", "cellar"))
    expected = Settings(store=str(tmp_path / "team.db"), top=20, busy_seconds=1.5, sensors=rules)

    assert load_settings(environ={"NACRE_CONFIG": config}) == expected


def test_file_in_the_working_directory(config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """nacre.toml of the working directory is read without being named."""
    monkeypatch.chdir(tmp_path)

    assert load_settings(environ={}).top == 20


@pytest.mark.parametrize(
    ("given", "environ", "top"), [({}, {}, 20), ({}, {"NACRE_TOP": "30"}, 30), ({"top": 40}, {"NACRE_TOP": "30"}, 40)]
)
def test_order(config: str, given: dict[str, int], environ: dict[str, str], top: int) -> None:
    """The command line goes before the environment, the environment before the file."""

    assert load_settings(given, config=config, environ=environ).top == top


def test_nothing_on_the_command_line_says_nothing(config: str) -> None:
    """An option that was not given leaves the file's value."""

    assert load_settings({"store": None, "top": None}, config=config, environ={}).top == 20


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tpo = 3", "unknown setting 'tpo'"),
        ("verbose = true", "unknown setting 'verbose'"),
        ("top = 0", "top in"),
        ("top = 1.5", "not a number"),
        ("top = true", "not a number"),
        ('top = "many"', "not a number"),
        ("busy_seconds = inf", "out of range"),
        ("store = 3", "store"),
        ("sensors = 3", "not a table of names"),
        ("[sensors]\na = 3", "not a table of names"),
        ("top =", "is not TOML"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """What cannot be followed is named together with the file."""
    path = tmp_path / "nacre.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        load_settings(config=str(path), environ={})

    assert (message in caught.value.message, str(path) in caught.value.message) == (True, True)


def test_variable_is_named() -> None:
    """A variable that is no number is named."""
    with pytest.raises(SettingsError) as caught:
        load_settings(environ={"NACRE_TOP": "ten"})

    assert caught.value.message == "top in the variable NACRE_TOP is not a number: 'ten'"


def test_file_that_is_not_there(tmp_path: Path) -> None:
    """A settings file that was asked for must be there."""
    with pytest.raises(SettingsError) as caught:
        load_settings(config=str(tmp_path / "none.toml"), environ={})

    assert caught.value.exit_code == 2
