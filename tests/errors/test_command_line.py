"""Mistakes on the command line: one line names the mistake, one says what to do, status 2, nothing changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.errors.command import contents, fails, nacre

HUGE = "9" * 40

MISTAKES = {
    # paths
    "no such path": ("load nowhere.json", "nowhere.json does not exist", "name a log file"),
    "one path of two": ("load cowrie.json nowhere.json", "nowhere.json does not exist", "name a log file"),
    "below a file": ("load cowrie.json/x", "cowrie.json/x does not exist", "name a log file"),
    "empty path": ("load ''", "an empty path does not exist", "name a log file"),
    "standard input": ("load -", "- does not exist", "name a log file"),
    "no match": ("load nowhere*.json", "nowhere*.json matches no file", "try a wider pattern"),
    "no match in a folder": ("load empty/**/*.json", "empty/**/*.json matches no file", "try a wider pattern"),
    # commands and their arguments
    "unknown command": ("laod cowrie.json", "No such command 'laod'. (Did you mean 'load'?)", "nacre --help"),
    "unlike any command": ("xyzzy", "No such command 'xyzzy'.", "nacre --help"),
    "unknown command of a group": ("store chek", "No such command 'chek'", "nacre store --help"),
    "unknown option": ("report daily --tpo 3", "No such option '--tpo'. (Did you mean", "nacre report --help"),
    "outer option inside": ("load cowrie.json --store x.db", "No such option '--store'", "nacre --store ..."),
    "option without a value": ("sessions --ip", "'--ip' requires an argument", "nacre --help"),
    "no path": ("load", "Missing argument 'PATH...'", "nacre load --help"),
    "no session": ("show", "Missing argument 'SESSION'", "nacre show --help"),
    "one argument too many": ("status now", "unexpected extra argument (now)", "nacre status --help"),
    # values
    "jobs: a word": ("load --jobs many cowrie.json", "'--jobs': 'many' is not a valid", "nacre load --help"),
    "jobs: below 0": ("load --jobs -1 cowrie.json", "'--jobs': -1 is not in the range x>=0", "nacre load --help"),
    "writer": ("load --writer slow cowrie.json", "'slow' is not one of 'fast', 'orm'", "nacre load --help"),
    "top": ("report daily --top 0", "'--top': 0 is not in the range", "nacre report --help"),
    "format": ("report daily --format xml", "'xml' is not one of 'text', 'json'", "nacre report --help"),
    "span": ("report yearly", "'yearly' is not one of 'daily', 'weekly', 'monthly'", "nacre report --help"),
    "limit": ("sessions --limit 0", "'--limit': 0 is not in the range", "nacre sessions --help"),
    "protocol": ("sessions --protocol http", "'http' is not one of 'ssh', 'telnet'", "nacre sessions --help"),
    "more than SQLite counts": (f"sessions --min-commands {HUGE}", "a number is larger", "take a smaller one"),
    "dialect": ("generate --dialect 9", "'--dialect': 9 is not in the range", "nacre generate --help"),
    "store of another kind": ("--store mysql://x status", "'mysql://x' is not a store", "name a file with --store"),
    "store without a name": ("--store '' status", "'' is not a store", "name a file with --store"),
    # times
    "since: a word": ("load --since soon cowrie.json", "'soon' is not a time", "write it like 2026-11-24"),
    "since: no such day": ("sessions --since 2026-02-30", "'2026-02-30' is not a time", "write it like 2026-11-24"),
    "until: no such hour": ("load --until 2026-01-01T25:00 x", "'2026-01-01T25:00' is not", "write it like 2026-11-24"),
    "since: seconds": ("sessions --since 1732406400", "'1732406400' is not a time", "write it like 2026-11-24"),
    "since: nothing": ("sessions --since ''", "'' is not a time", "write it like 2026-11-24"),
    # cursors
    "cursor: a word": ("sessions --after here", "'here' is no cursor", "the page before ended with"),
    "cursor: nothing": ("sessions --after ''", "'' is no cursor", "the page before ended with"),
    "cursor: half": ("sessions --after 5.", "'5.' is no cursor", "the page before ended with"),
    "cursor: too large": (f"sessions --after {HUGE}.1", "a number is larger", "take a smaller one"),
    # what a command would destroy, or cannot write
    "downgrade unasked": ("store downgrade base", "a downgrade can delete data", "nacre store downgrade base --yes"),
    "demo over a store": ("demo --keep nacre.db", "nacre.db exists already", "name a new file with --keep"),
    "demo to nowhere": ("demo --keep nowhere/x.db", "no directory for nowhere/x.db", "name another file with --keep"),
    "report to nowhere": ("report daily --out nowhere/x", "cannot write nowhere/x", "name another file with --out"),
    "report to a directory": ("report daily --out empty", "cannot write empty", "name another file with --out"),
    "report to a full disk": ("report daily --out /dev/full", "cannot write /dev/full", "name another file with --out"),
    "logs to nowhere": ("generate --out nowhere/x", "cannot write nowhere/x", "name another file with --out"),
    "logs to a directory": ("generate --out empty", "File 'empty' is a directory", "nacre generate --help"),
    "logs to a full disk": ("generate --out /dev/full", "cannot write /dev/full", "name another file with --out"),
}

PERIODS = {
    "daily": ("2026-13-01", "2026-02-30", "2026-11", "2026-W48", "26-11-24", "yesterday", "2026-11-24T00:00"),
    "weekly": ("2026-W00", "2026-W54", "2025-W53", "2026-48", "2026-W4", "2026-11-24"),
    "monthly": ("2026-00", "2026-13", "2026-11-24", "2026-W48", "November"),
}
CALENDAR_ENDS = (
    ("daily", "0001-01-01"),
    ("weekly", "0001-W01"),
    ("weekly", "9999-W52"),
    ("monthly", "0001-01"),
    ("monthly", "9999-12"),
)


def words(line: str) -> list[str]:
    """Cut a command line at its spaces; '' stands for an empty argument."""
    return ["" if word == "''" else word for word in line.split()]


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(name: str, place: Path) -> None:
    """A mistake is named, with what to do next; the status is 2 and no file has changed."""
    line, error, hint = MISTAKES[name]
    before = contents(place)
    told = fails(place, *words(line))

    assert (2, True, True) == (told.code, error in told.error, hint in told.next), told
    assert before == contents(place)


def test_no_store_for_nothing(tmp_path: Path) -> None:
    """A path that names nothing is told before a store is made for it."""
    told = fails(tmp_path, "load", "nowhere.json")

    assert (2, "nowhere.json does not exist") == (told.code, told.error)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(("span", "period"), [(span, name) for span, names in PERIODS.items() for name in names])
def test_period_of_another_form(span: str, period: str, place: Path) -> None:
    """A period that does not fit the span is told with an example of one that does."""
    told = fails(place, "report", span, period)
    forms = {"daily": "2026-11-24", "weekly": "2026-W48", "monthly": "2026-11"}

    assert (2, f"'{period}' is not a {span} period; write it like {forms[span]}") == (told.code, told.error)


@pytest.mark.parametrize(("span", "period"), CALENDAR_ENDS)
def test_period_at_the_end_of_the_calendar(span: str, period: str, place: Path) -> None:
    """A period whose neighbour has no date is refused like any other that cannot be reported."""
    told = fails(place, "report", span, period)

    assert (2, f"'{period}' is at the end of the calendar") == (told.code, told.error)


def test_period_without_data(place: Path) -> None:
    """A period without events is reported as such: it says which days the store has, and is no error."""
    done = nacre(place, "report", "daily", "2020-01-01")

    assert (0, "", True) == (
        done.returncode,
        done.stderr,
        "No events in this period. The store has events from 2026-11-20 to 2026-11-20." in done.stdout,
    )
