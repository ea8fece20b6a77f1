"""What attackers write comes back byte for byte, and harms nothing on the way."""

from __future__ import annotations

import json

import pytest
from tests.contract.batches import line
from tests.contract.writers import Feeder, held

from nacre.model.calendar import DAY_US
from nacre.store.snapshot import snapshot

DAY = 20_000 * DAY_US
HOSTILE = {
    "quotes": "'; DROP TABLE raw_events; --\"",
    "wildcards": "%s %d {} {0} :name ? $1 \\N %",
    "controls": "\x01\x07\x1b]0;owned\x07\r\n\t\x7f\x85",
    "nul": "root\x00admin",
    "lone surrogate": "a\ud800b\udfff",
    "replacement": "\ufffe\uffff\ufeff",
    "astral": "\U0001f9ea" * 3,
    "bidi": "\u202egpj.exe\u2066",
    "looks escaped": "\\x00 \\ud800 \\\\",
    "long": "A" * 70_000,
    "number-like": "0e1",
    "blank": " ",
    "empty": "",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_everywhere(feeder: Feeder, text: str) -> None:
    """Any text as session, user name, password, command, sensor and event id is stored, and stored once."""
    storable = "" if "\x00" in text or "\ud800" in text else text  # names are cleaned before a batch is made
    lines = [
        line("connect", DAY, f"s{storable}", src_ip=text, sensor=f"n{storable}"),
        line("success", DAY + 1, f"s{storable}", username=text, password=text),
        line("command", DAY + 2, f"s{storable}", input=text),
        line(f"x.{storable}", DAY + 3, "other", message=text),
    ]
    feeder.feed("log", lines)
    receipt = feeder.feed("copy", [lines[3], *lines])

    assert (0, 5) == (receipt.stored, receipt.duplicate)
    assert held(lines) == snapshot(feeder.store)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"eventid":"command","ts":1,"session":"a","input":"\xff\xfe\x80"}',
        b'{"eventid":"command","ts":1,"session":"a","input":"x","input":"y"}',
        b'  {"eventid" : "command", "ts": 1, "session":"a"}  ',
        b'{"eventid":"command","ts":1,"session":"a","input":"\\u0000\\ud83d"}',
        b'{"eventid":"command","ts":1,"x":[1e400,-0.0,123456789012345678901234567890]}',
        json.dumps({"eventid": "command", "ts": 1, "deep": [[[[[[[["x"]]]]]]]]}).encode(),
    ],
    ids=["not UTF-8", "key twice", "spaces", "escapes", "numbers", "deep"],
)
def test_line_comes_back_exactly(feeder: Feeder, raw: bytes) -> None:
    """The exact line is kept, also where the payload had to be escaped."""
    feeder.feed("log", [raw])

    assert [raw] == [row[7] for row in snapshot(feeder.store)["events"]]


def test_rejects_come_back_exactly(feeder: Feeder) -> None:
    """The bytes of a refused line are kept as they are."""
    raw = [bytes(range(256)).replace(b"\n", b""), b"\x00" * 100, b"\xff", b"'; --"]
    feeder.feed("log", raw)

    assert sorted(raw) == sorted(row[3] for row in snapshot(feeder.store)["rejects"])


def test_greatest_numbers(feeder: Feeder) -> None:
    """Numbers up to 63 bits are kept: shapes, durations and ports of an attacker's choice."""
    lines = [
        line("connect", DAY, "a", src_port=2**63 - 1, src_ip="::1"),
        line("closed", DAY + 1, "a", duration_ms=2**63 - 1),
        *(line("command", DAY + n, "a", input=f"cmd{n}") for n in range(2, 9)),
    ]
    for text in lines:
        feeder.feed("log", [text])

    assert held(lines) == snapshot(feeder.store)
