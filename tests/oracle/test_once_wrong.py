"""What the oracle found wrong once: each test states what should be so."""

from __future__ import annotations

import json
from pathlib import Path

from tests.logs import event
from tests.oracle.comparing import Log, load, run

SESSION = "aaaa00000001"
CONNECT = event("session.connect", SESSION, 1)
CLOSED = event("session.closed", SESSION, 2, duration_ms=1000)


def write(path: Path, *lines: bytes) -> Log:
    """Write a log; return it."""
    path.write_bytes(b"\n".join(lines) + b"\n")
    return Log(path)


def test_forward_without_a_port(tmp_path: Path) -> None:
    """A forward whose port is absent, or is no number, is named by its host alone."""
    request = event("direct-tcpip.request", SESSION, 2, dst_ip="ya.ru")
    loaded = load(tmp_path / "nacre.db", write(tmp_path / "a.json", CONNECT, request))

    assert [] == loaded.differences("daily", "2026-11-20")


def test_copy_under_another_sensor(tmp_path: Path) -> None:
    """A copy that is loaded under another sensor's name brings nothing, so no sensor either."""
    first = write(tmp_path / "a.json", CONNECT, CLOSED)
    copy = write(tmp_path / "b.json", CLOSED, CONNECT)
    loaded = load(tmp_path / "nacre.db", first, Log(copy.path, "cellar"))

    assert [] == loaded.differences("daily", "2026-11-20")


def test_gap_of_another_sensor(tmp_path: Path) -> None:
    """A report on one sensor does not tell of holes in the logs of others."""
    holed = write(tmp_path / "a.json", bytes(4000) + CONNECT, CLOSED)
    whole = write(tmp_path / "b.json", event("session.connect", "bbbb00000001", 5))
    store = load(tmp_path / "nacre.db", holed, Log(whole.path, "cellar")).store
    said = json.loads(run(store, "report", "daily", "2026-11-20", "--sensor", "cellar", "--json"))

    assert [] == said["gaps"]


def test_recount_with_a_line_limit(tmp_path: Path) -> None:
    """A recount under the same limit of the line as the load finds nothing."""
    log = write(tmp_path / "a.json", CONNECT, event("command.input", SESSION, 2, input="x" * 5000))
    run(tmp_path / "nacre.db", "load", log.path, NACRE_LINE_BYTES_MAX="2000")
    run(tmp_path / "nacre.db", "account", "--recount", NACRE_LINE_BYTES_MAX="2000")


def test_a_nul_is_escaped_as_cowrie_escapes_it(tmp_path: Path) -> None:
    """A password with NUL in it is one with the same password as Cowrie itself writes it since v3.0.5."""
    words = ("a\0b", "a\\x00b")
    lines = [event("login.failed", SESSION, at, username="root", password=word) for at, word in enumerate(words, 2)]
    store = load(tmp_path / "nacre.db", write(tmp_path / "a.json", CONNECT, *lines)).store
    said = json.loads(run(store, "report", "daily", "2026-11-20", "--json"))

    assert 1 == said["top"]["password"]["different"]
    assert ["a\\x00b"] == [entry["value"] for entry in said["top"]["password"]["entries"]]
