"""The sample that ships: genuine, small, of one sensor, about nobody and no machine."""

from __future__ import annotations

import gzip
import ipaddress
import json
import re
from collections import Counter

import pytest

from nacre.parse.events import decode_strict
from nacre.parse.registry import Dialect, dialect_of
from nacre.sample import sample_files

RESERVED = [
    ipaddress.ip_network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]
MACHINE = re.compile(rb"/(?:home|tmp/nacre|root/[a-z]|work|usr/local|srv)/")


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    """Return all lines of the sample."""
    return [line for path in sample_files() for line in gzip.decompress(path.read_bytes()).splitlines(keepends=True)]


def test_it_is_small() -> None:
    """Three days in less than 300 kB."""
    assert len(sample_files()) == 3
    assert sum(path.stat().st_size for path in sample_files()) < 300_000


def test_every_line_is_a_whole_event_of_the_newest_dialect(lines: list[bytes]) -> None:
    """A real Cowrie writes nothing that the registry does not know."""
    assert 3000 < len(lines) < 8000
    assert all(line.endswith(b"\n") for line in lines)
    assert {dialect_of(decode_strict(line), line) for line in lines} == {int(Dialect.IDENTITY_FIRST)}


def test_it_shows_what_attackers_do(lines: list[bytes]) -> None:
    """Logins, commands, downloads, uploads, forwards, exploits, over both protocols and both families."""
    events = [json.loads(line) for line in lines]
    counts = Counter(event["eventid"] for event in events)
    assert len(counts) >= 20
    assert counts["cowrie.session.connect"] == counts["cowrie.session.closed"]
    assert {event["protocol"] for event in events} == {"ssh", "telnet"}
    assert {event["sensor"] for event in events} == {"sample-01"}
    sources = {ipaddress.ip_address(event["src_ip"]) for event in events}
    assert {address.version for address in sources} == {4, 6}


def test_it_names_nobody_and_no_machine(lines: list[bytes]) -> None:
    """Sources are of the ranges reserved for documentation; no path of the machine that recorded it is in it."""
    for line in lines:
        address = ipaddress.ip_address(json.loads(line)["src_ip"])
        assert any(address in network for network in RESERVED), line
        assert not MACHINE.search(line), line
