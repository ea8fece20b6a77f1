"""Small logs in the dialects of ten years, honest and hostile: several sensors, days, frames and repetitions."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

from tests.logs import event, pretty, stamp
from tests.oracle.comparing import Log

DAY = 86_400  # seconds; tests.logs counts from 2026-11-20
YEAR_END = ("2026-12-31T23:59:59.000000Z", "2027-01-01T00:00:07.000000Z")  # both in the ISO week 2026-W53
LONG = "x" * 3000
URL = "http://198.51.100.9/x.sh"
SHASUM = "c0ffee" + "0" * 58
HASSH = "a" * 32
# What attackers send: NUL, half a surrogate pair, a steering terminal, writing turned round, JSON, and nothing.
HOSTILE = (
    "",
    "a\0b",
    "\ud800",
    "back\\slash\0",
    "\x1b[31mred",
    "\u202eevil",
    '","eventid":"cowrie.fake"',
    "日本🐚",
    LONG,
)


def _line(eventid: str, session: str, timestamp: str, **fields: Any) -> bytes:
    """Return a line as releases before v3.0.6 wrote it: the id first, little identity."""
    head = {"eventid": eventid, "session": session, "src_ip": "198.51.100.23"}
    return json.dumps({**head, **fields, "timestamp": timestamp}, separators=(",", ":")).encode()


def _at(timestamp: str, line: bytes) -> bytes:
    """Return an event of second 0 at another time."""
    return line.replace(stamp(0).encode(), timestamp.encode())


def _v3() -> list[bytes]:
    """Return what 3.1 writes: a session over midnight and one over the year's end, all kinds of events."""
    night, later, over = "aaaa00000001", "aaaa00000002", "aaaa00000003"
    return [
        event("session.connect", night, DAY - 2, dst_ip="10.0.0.1", dst_port=2222),
        event("client.version", night, DAY - 2, version="SSH-2.0-Go"),
        event("client.kex", night, DAY - 1, hassh=HASSH, kexAlgs=["curve25519-sha256"]),
        event("login.failed", night, DAY - 1, username="root", password="123456"),
        event("login.success", night, DAY, username="root", password="admin"),
        event("command.input", night, DAY, input="uname -a"),
        event("command.failed", night, DAY, input="unamex"),
        event("command.input", night, DAY + 1, input="uname -a"),
        event("session.file_download", night, DAY + 2, url=URL, shasum=SHASUM, outfile="dl/x"),
        event("session.file_download", night, DAY + 2, shasum="", outfile="", destfile="/tmp/x"),
        event("session.file_download.failed", night, DAY + 3, url="http://198.51.100.9/y.sh"),
        event("session.file_upload", night, DAY + 3, filename="z", shasum="b" * 64, url="/home/z"),
        event("direct-tcpip.request", night, DAY + 4, dst_ip="ya.ru", dst_port=80, orig_ip="127.0.0.1", orig_port=1),
        event("direct-tcpip.data", night, DAY + 4, dst_ip="ya.ru", dst_port=80, data="b'GET /'"),
        event("session.closed", night, DAY + 65, duration_ms=67_200),
        event("session.file_download", night, DAY + 90, url=URL, shasum="d" * 64, outfile="dl/y", late=True),
        event("session.connect", later, 3 * DAY, src_ip="2001:db8::5"),
        event("client.fingerprint", later, 3 * DAY, src_ip="2001:db8::5", username="pi", fingerprint="d4:98", key="k"),
        event("login.failed", later, 3 * DAY, src_ip="2001:db8::5", username="pi", fingerprint="d4:98", type="ssh-rsa"),
        _at(YEAR_END[0], event("session.connect", over, 0)),
        _at(YEAR_END[0], event("login.success", over, 0, username="root", password="")),
        # Without session.closed its length is from the first event to the last.
        _at(YEAR_END[1], event("command.input", over, 0, input="exit")),
    ]


def _hostile() -> list[bytes]:
    """Return what an attacker can put into a log, and what damages one: some of it is no event."""
    session = "bbbb00000001"
    lines = [event("session.connect", session, 2 * DAY, src_ip="203.0.113.9")]
    for at, text in enumerate(HOSTILE):
        fields = {"username": text, "password": text[::-1]}
        lines.append(event("login.failed", session, 2 * DAY + at, src_ip="203.0.113.9", **fields))
        lines.append(event("command.input", session, 2 * DAY + 60 + at, src_ip="203.0.113.9", input=text))
        lines.append(event("client.version", session, 2 * DAY + 90 + at, src_ip="203.0.113.9", version=text))
    odd = [
        event("login.failed", session, 2 * DAY + 200, username=5, password=None),
        event("login.success", session, 2 * DAY + 201, username=["root"], password="p"),
        event("command.input", session, 2 * DAY + 202, input=None),
        event("session.connect", session, 2 * DAY + 203, src_ip=None, src_port="many"),
        event("session.connect", "", 2 * DAY + 204, src_ip="203.0.113.10"),
        event("session.closed", session, 2 * DAY + 205, duration_ms=2**70),
        event("session.teleport", session, 2 * DAY + 206, speed={"of": ["light"]}),
        b'{"eventid":"cowrie.login.failed","session":"bbbb00000001","sensor":"attic","username":"one","username":"two",'
        b'"password":"raw \xff\xfe","src_ip":"203.0.113.9","timestamp":"2026-11-22T05:00:00.5Z","size":NaN}',
    ]
    broken = [
        b"Connecting to hpfeeds server.",
        b"17",
        b'{"timestamp":"2026-11-22T05:00:00Z"}',
        b'{"eventid":"cowrie.session.connect","timestamp":"2026-11-22T05:00:00"}',
        event("session.connect", session, 2 * DAY)[:-20],
        # A torn line, and the next event glued to it.
        event("command.input", session, 2 * DAY, input="torn")[:-40] + event("session.closed", session, 2 * DAY + 300),
    ]
    return [*lines, *odd, *broken]


def _tpot() -> list[bytes]:
    """Return what T-Pot had from 2018 to 2020: Twisted's fields, then Python's repr, and a document of logstash."""
    first, second, telnet = "cccc00000001", "cccc00000002", "cccc00000003"
    twisted: dict[str, Any] = {"sensor": "58e4b0c706a8", "system": "HoneyPotSSHTransport,5", "isError": 0}
    box = {"sensor": "58e4b0c706a8"}
    logstash: dict[str, Any] = {"dest_ip": "example.org", "dest_port": 443, "@timestamp": "2026-11-20T05:00:00.000Z"}
    logstash |= {"@version": "1", "type": "Cowrie", "t-pot_hostname": "trap", "host": "05512d483a84", **box}
    return [
        _line("cowrie.session.connect", first, "2026-11-20T03:00:00Z", protocol="ssh", **twisted),
        _line("cowrie.client.version", first, "2026-11-20T03:00:00.1Z", version="SSH-2.0-Go", **twisted),
        _line("cowrie.command.success", first, "2026-11-20T03:00:01Z", input="ls", **twisted),
        _line("cowrie.session.closed", first, "2026-11-20T03:00:02Z", duration=2.25, **twisted),
        _line("cowrie.session.connect", second, "2026-11-20T04:00:00.000001Z", **box),
        _line("cowrie.client.version", second, "2026-11-20T04:00:00.2Z", version="b'SSH-2.0-Go'", **box),
        _line("cowrie.client.version", second, "2026-11-20T04:00:00.3Z", version="b'GET / HTTP/1.1'", **box),
        _line("cowrie.command.input", second, "2026-11-20T04:00:01.000000Z", input="ls", **box),
        _line("cowrie.session.closed", second, "2026-11-20T04:00:03.000000Z", duration="3.5", **box),
        _line("cowrie.direct-tcpip.request", telnet, "2026-11-20T05:00:00.000Z", **logstash),
    ]


def _zones() -> list[bytes]:
    """Return times in other zones, of a sensor without a name; one is local but says Z, as its epoch shows."""
    at = "dddd00000001"
    return [
        _line("cowrie.session.connect", at, "2026-11-21T04:29:59.999999+0530", sensor=""),
        _line("cowrie.login.failed", at, "2026-11-20T18:00:00.000000-05:00", sensor="", username="ubnt", password="x"),
        _line("cowrie.command.input", at, "2026-11-20T18:00:00.25Z", sensor="", input="w", epoch=1_795_215_600_250),
        _line("cowrie.session.closed", at, "no time at all", sensor="", epoch=1_795_215_601_000, duration_ms=1000),
    ]


def _numbered() -> list[bytes]:
    """Return what was written in 2015, when ids were numbers and session ids short."""
    at, day = "0a0b0c0d", "2015-06-01T"
    return [
        _line("KIPP0001", at, f"{day}10:00:00Z", sensor="old"),
        _line("KIPP0009", at, f"{day}10:00:01Z", sensor="old", version="SSH-2.0-PUTTY"),
        _line("KIPP0003", at, f"{day}10:00:02Z", sensor="old", username="root", password="123456"),
        _line("KIPP0002", at, f"{day}10:00:03Z", sensor="old", username="root", password="admin"),
        _line("KIPP0005", at, f"{day}10:00:04Z", sensor="old", input="uname -a"),
        _line("COW0006", at, f"{day}10:00:05Z", sensor="old", input="unamex"),
        _line("COW0014", at, f"{day}10:00:06Z", sensor="old", dst_ip="ya.ru", dst_port=80),
        _line("COW0017", at, f"{day}10:00:07Z", sensor="old", shasum=SHASUM),
        _line("KIPP0011", at, f"{day}10:00:08Z", sensor="old"),
    ]


def write_logs(folder: Path) -> list[Log]:
    """Write the logs into a folder; return them in the order in which they are to be loaded."""
    v3, tpot = _v3(), _tpot()
    # What the events say of their sensor does not count where the operator names it.
    relabelled = [line.replace(b'"attic"', b'"5a1d"') for line in v3[:6]]
    framed = [
        b'{"events": [',
        *[line + b"," for line in tpot[:3]],
        tpot[3],
        b"]}",
        b"",
        b"[" + b",".join(tpot[4:]) + b"]",
    ]
    contents = {
        "v3.json": (v3, None),
        "hostile.json": (_hostile(), None),
        "again.json": ([*v3[5:12], *v3[:3], *_hostile()[:4], v3[7]], None),  # repetitions alone
        "framed.json": (framed, None),
        "zones.json.gz": (_zones(), None),
        "numbered.json": ([pretty(line) for line in _numbered()], None),
        "cellar.json": (relabelled, "cellar"),
    }
    logs = []
    for name, (lines, sensor) in contents.items():
        content = b"\n".join(lines) + b"\n"
        path = folder / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        os.utime(path, (0, 0))  # closed long ago: nothing more will be written to it
        logs.append(Log(path, sensor))
    return logs
