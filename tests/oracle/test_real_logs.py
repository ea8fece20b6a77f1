"""Real logs through the real command: every line is accounted for, and what was refused is named."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.logs import event
from tests.oracle.comparing import Loaded, Log, load, logs_in, run
from tests.oracle.lines import read

COUNTS = ("lines", "stored", "duplicate", "rejected", "blank")
NOTHING_NEW = dict.fromkeys(COUNTS, 0)
TORN_BYTES = 1_722_598  # of the line in live/3.1.4/torn.json.gz, up to where the next event begins
NULS = 1_000_000  # in one command, as an attacker sent them; a line of 12 MB


def rows(store: Path, query: str) -> list[Any]:
    """Return what a query finds in a store."""
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute(query).fetchall()


def refused(store: Path) -> list[tuple[str, int, bytes]]:
    """Return file, length and kept bytes of each reject, in the order of the files' names."""
    query = (
        "SELECT s.path, r.length, r.line FROM rejects AS r JOIN batches AS b ON b.id = r.batch_id "
        "JOIN sources AS s ON s.id = b.source_id ORDER BY s.path, r.byte_offset"
    )
    return [(Path(path).name, length, line) for path, length, line in rows(store, query)]


def by_file(drawn: dict[str, Any], count: str) -> dict[str, int]:
    """Return a count of an account by the files that have any of it."""
    return {Path(source["path"]).name: source[count] for source in drawn["sources"] if source[count]}


def lines_in(path: Path) -> int:
    """Return how many lines a file has; a last one without its newline is one."""
    content = read(path)
    return content.count(b"\n") + (not content.endswith(b"\n") if content else 0)


def counts(receipt: dict[str, Any]) -> dict[str, int]:
    """Return what a receipt says of lines."""
    return {name: receipt[name] for name in COUNTS}


@pytest.fixture(scope="module")
def real_account(real: Loaded) -> dict[str, Any]:
    """Return the account of the real logs; the command must have left with 0."""
    return dict(json.loads(run(real.store, "account", "--json")))


@pytest.fixture
def live_copy(live: Loaded, tmp_path: Path) -> Loaded:
    """Return a store of the live logs that may be changed."""
    with closing(sqlite3.connect(live.store)) as source, closing(sqlite3.connect(tmp_path / "nacre.db")) as target:
        source.backup(target)
    return Loaded(tmp_path / "nacre.db", live.oracle, live.receipts)


# -- sensors on the Internet ------------------------------------------------------------------------------------------


def test_logs_receipt(real: Loaded) -> None:
    """All real logs load with nothing refused but one line, and count as the oracle counts them."""
    (receipt,) = real.receipts

    assert {"lines": 252_384, "stored": 252_379, "duplicate": 4, "rejected": 1, "blank": 0} == counts(receipt)
    assert dict(real.oracle.tally) == {name: receipt[name] for name in ("stored", "duplicate", "rejected")}


def test_logs_refused(real: Loaded, corpus: Path) -> None:
    """The one reject is the last line of an archive that breaks off, kept byte for byte."""
    torn = read(corpus / "logs" / "sweetie.cowrie.json.3.gz").rpartition(b"\n")[2]

    assert len(torn) == 135
    assert [("sweetie.cowrie.json.3.gz", 135, torn)] == refused(real.store)


def test_logs_duplicates(real_account: dict[str, Any]) -> None:
    """The only lines that are there twice are in the documents out of Elasticsearch."""
    assert {"tpot-elasticsearch-docs.ndjson": 4} == by_file(real_account, "duplicate")


def test_logs_account(real_account: dict[str, Any], corpus: Path) -> None:
    """The account balances, and has as many lines for each file as the file has."""
    assert real_account["balanced"] is True
    assert {path.name: lines_in(path) for path in logs_in(corpus / "logs")} == by_file(real_account, "lines")


def test_logs_recount(real: Loaded) -> None:
    """Every line that is read again from the files is in the store: nothing is found."""
    drawn = json.loads(run(real.store, "account", "--recount", "--json"))

    assert (True, []) == (drawn["balanced"], drawn["findings"])


def test_logs_again(real: Loaded, corpus: Path) -> None:
    """Loading the folder again reads and stores nothing."""
    assert NOTHING_NEW == counts(json.loads(run(real.store, "load", "--json", corpus / "logs")))
    assert [(252_379,)] == rows(real.store, "SELECT count(*) FROM raw_events")


def test_logs_unpacked(real: Loaded, corpus: Path, tmp_path: Path) -> None:
    """A plain copy of an archive, its first line left out, is another source whose lines are all there already."""
    content = read(corpus / "logs" / "deroux.cowrie.json.2021-03-09.gz")
    first, _, rest = content.partition(b"\n")
    copy = tmp_path / "copy.json"
    copy.write_bytes(rest + first + b"\n")
    store = tmp_path / "nacre.db"
    run(store, "load", corpus / "logs" / "deroux.cowrie.json.2021-03-09.gz")
    before = run(store, "report", "monthly", "--top", "100", "--json")
    receipt = json.loads(run(store, "load", "--json", copy))
    after = run(store, "report", "monthly", "--top", "100", "--json")

    assert {**NOTHING_NEW, "lines": 3222, "duplicate": 3222} == counts(receipt)
    assert {**json.loads(before), "batch": 0} == {**json.loads(after), "batch": 0}


# -- sensors attacked on purpose --------------------------------------------------------------------------------------


def test_live_receipt(live: Loaded) -> None:
    """The logs of attacked sensors load with nothing refused but a torn line, and count as the oracle counts them."""
    (receipt,) = live.receipts

    assert {"lines": 3531, "stored": 3530, "duplicate": 0, "rejected": 1, "blank": 0} == counts(receipt)
    assert dict(live.oracle.tally) == {name: receipt[name] for name in ("stored", "rejected")}


def test_live_torn(live: Loaded, corpus: Path) -> None:
    """A line that kill -9 tore is refused up to the event that is glued to it, and that event is stored."""
    (line,) = [line for line in read(corpus / "live/3.1.4/torn.json.gz").split(b"\n") if len(line) > TORN_BYTES]
    torn, glued = line[:TORN_BYTES], line[TORN_BYTES:]

    assert [("torn.json.gz", TORN_BYTES, torn)] == refused(live.store)
    assert "cowrie.session.connect" == json.loads(glued)["eventid"]
    assert [(1,)] == rows(live.store, f"SELECT count(*) FROM raw_events WHERE payload = '{glued.decode()}'")


def test_live_account(live: Loaded, corpus: Path) -> None:
    """The account balances by itself and against the files, which have a line less: one was cut in two."""
    drawn = json.loads(run(live.store, "account", "--recount", "--json"))
    paths = [path for path in logs_in(corpus / "live") if path.stat().st_size]

    assert (True, []) == (drawn["balanced"], drawn["findings"])
    assert {source["path"]: source["lines"] for source in drawn["sources"]} == {
        str(path): lines_in(path) + (path.name == "torn.json.gz") for path in paths
    }


def test_live_again(live_copy: Loaded, corpus: Path) -> None:
    """Loading the folder again reads and stores nothing."""
    receipt = json.loads(run(live_copy.store, "load", "--json", corpus / "live"))

    assert (NOTHING_NEW, [(3530,)]) == (counts(receipt), rows(live_copy.store, "SELECT count(*) FROM raw_events"))


# -- a line of 12 MB --------------------------------------------------------------------------------------------------


def test_long_line(tmp_path: Path) -> None:
    """A line of 12 MB, a command of a million NULs, is stored byte for byte between its neighbours, and reported."""
    command = "\0" * NULS
    line = event("command.input", "aaaa00000001", 2, input=command).replace(b'"m"', json.dumps(command).encode())
    before, after = event("session.connect", "aaaa00000001", 1), event("session.closed", "aaaa00000001", 3)
    (tmp_path / "cowrie.json").write_bytes(b"\n".join([before, line, after]) + b"\n")
    loaded = load(tmp_path / "nacre.db", Log(tmp_path / "cowrie.json"))
    stored = rows(loaded.store, "SELECT coalesce(line, CAST(payload AS BLOB)) FROM raw_events ORDER BY ts")

    assert len(line) > 12_000_000
    assert [(before,), (line,), (after,)] == stored
    assert [] == loaded.differences("daily", "2026-11-20")
    assert json.loads(run(loaded.store, "account", "--recount", "--json"))["balanced"] is True
