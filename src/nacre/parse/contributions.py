"""What each event id adds to its session and to the entities: one small function an event id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol

from nacre.model.entity import EntityGrowth, Kind, credential
from nacre.model.session import SHAPE_MODULUS, Flag, SessionGrowth, success_key
from nacre.parse.events import EVENTS, Envelope
from nacre.parse.shape import shape_hash


class Namer(Protocol):
    """Where entities are counted: a sensor's day."""

    def name(self, kind: int, value: str, ts: int, n: int = 1) -> EntityGrowth:
        """Count that an event at `ts` of the session that is being folded named an entity."""


# The event's own fields are typed by its struct; one that is absent is UNSET, hence the class checks.
Contribution = Callable[[Namer, SessionGrowth, Any, int], None]

# Looking a member up in its class costs as much as counting the entity.
_CLIENT = int(Kind.CLIENT)
_COMMAND = int(Kind.COMMAND)
_CREDENTIAL = int(Kind.CREDENTIAL)
_FILE = int(Kind.FILE)
_FORWARD = int(Kind.FORWARD)
_HASSH = int(Kind.HASSH)
_JA4 = int(Kind.JA4)
_JA4H = int(Kind.JA4H)
_KEY = int(Kind.KEY)
_PASSWORD = int(Kind.PASSWORD)
_URL = int(Kind.URL)
_USERNAME = int(Kind.USERNAME)

_credential = lru_cache(maxsize=8192)(credential)


def least(ours: Any, theirs: Any) -> Any:
    """Return the lesser of what is known, or None, and what an event says: the same whatever the order of events."""
    return theirs if ours is None or theirs < ours else ours


def _connect(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    src_port, dst_ip, dst_port = event.src_port, event.dst_ip, event.dst_port
    growth.connects += 1
    growth.connect_ts = least(growth.connect_ts, ts)
    if src_port.__class__ is int:
        growth.src_port = least(growth.src_port, src_port)
    if dst_ip.__class__ is str:
        growth.dst_ip = least(growth.dst_ip, dst_ip)
    if dst_port.__class__ is int:
        growth.dst_port = least(growth.dst_port, dst_port)


def _closed(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    growth.closed_ts = ts if growth.closed_ts is None or ts > growth.closed_ts else growth.closed_ts
    duration_ms = _duration_ms(event)
    if duration_ms is not None and (growth.duration_ms is None or duration_ms > growth.duration_ms):
        growth.duration_ms = duration_ms


def _duration_ms(event: Any) -> int | None:
    """Read the three forms of a duration: float seconds, text seconds (v2.7.0-v3.0.3), duration_ms (v3.0.4)."""
    if event.duration_ms.__class__ is int:
        return int(event.duration_ms)
    try:
        seconds = float(event.duration)
    except (TypeError, ValueError):
        return None
    return round(seconds * 1000) if abs(seconds) < 1e12 else None


def _version(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    if event.version.__class__ is not str:
        return
    client = plain_version(event.version)
    growth.client = least(growth.client, client)
    cell.name(_CLIENT, client, ts)


def plain_version(version: str) -> str:
    """Undo Python's repr around a client's version (v2.0-v2.2): what begins with SSH- never begins with a quote."""
    for opening in ("b'SSH-", "'SSH-", 'b"SSH-', '"SSH-'):
        if version.startswith(opening) and version.endswith(opening[-5]):
            return version[len(opening) - 4 : -1]
    return version


def _kex(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    if event.hassh.__class__ is str and event.hassh:
        growth.hassh = least(growth.hassh, event.hassh)
        cell.name(_HASSH, event.hassh, ts)


def _login(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    username, password = event.username, event.password
    if username.__class__ is str:
        cell.name(_USERNAME, username, ts)
    if password.__class__ is str:
        cell.name(_PASSWORD, password, ts)
        if username.__class__ is str:
            cell.name(_CREDENTIAL, _credential(username, password), ts)
    if event.fingerprint.__class__ is str:
        growth.flags |= Flag.KEY_LOGIN
        cell.name(_KEY, event.fingerprint, ts)


def _login_failed(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    growth.logins_failed += 1
    _login(cell, growth, event, ts)


def _login_success(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    growth.logins_succeeded += 1
    username = event.username if event.username.__class__ is str else None
    password = event.password if event.password.__class__ is str else None
    if growth.success_ts is None or (ts, username or "", password or "") < success_key(growth):
        growth.success_ts, growth.success_username, growth.success_password = ts, username, password
    _login(cell, growth, event, ts)


def _command(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    if event.input.__class__ is str:
        growth.commands += 1
        growth.shape = (growth.shape + shape_hash(event.input)) % SHAPE_MODULUS
        cell.name(_COMMAND, event.input, ts)


def _command_failed(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    growth.commands_failed += 1


def _legacy_failed(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    growth.commands_failed += 1
    _command(cell, growth, event, ts)


def _download(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    growth.downloads += 1
    _file(cell, growth, event, ts)


def _upload(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    growth.uploads += 1
    if event.shasum.__class__ is str and event.shasum:
        cell.name(_FILE, event.shasum, ts)


def _file(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    _url(cell, growth, event, ts)
    if event.shasum.__class__ is str and event.shasum:
        cell.name(_FILE, event.shasum, ts)


def _url(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    if event.url.__class__ is str and event.url:
        cell.name(_URL, event.url, ts)


def _forward(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    growth.forwards += 1
    if event.dst_ip.__class__ is str:
        has_port = event.dst_port.__class__ is int
        cell.name(_FORWARD, f"{event.dst_ip}:{event.dst_port}" if has_port else event.dst_ip, ts)


def _fingerprint(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    if event.fingerprint.__class__ is str:
        cell.name(_KEY, event.fingerprint, ts)


def _params(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    if event.arch.__class__ is str:
        growth.arch = least(growth.arch, event.arch)


def _ttylog(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    growth.ttylogs += 1


def _ja4(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    if event.ja4.__class__ is str:
        cell.name(_JA4, event.ja4, ts)


def _ja4h(cell: Namer, growth: SessionGrowth, event: Any, ts: int) -> None:
    if event.ja4h.__class__ is str:
        cell.name(_JA4H, event.ja4h, ts)


_BY_EVENTID: Mapping[str, Contribution] = {
    "cowrie.session.connect": _connect,
    "cowrie.session.closed": _closed,
    "cowrie.client.version": _version,
    "cowrie.client.kex": _kex,
    "cowrie.client.fingerprint": _fingerprint,
    "cowrie.login.failed": _login_failed,
    "cowrie.login.success": _login_success,
    "cowrie.command.input": _command,
    "cowrie.command.failed": _command_failed,
    "cowrie.session.file_download": _download,
    "cowrie.session.file_download.failed": _url,
    "cowrie.session.file_upload": _upload,
    "cowrie.session.params": _params,
    "cowrie.direct-tcpip.request": _forward,
    "cowrie.direct-tcpip.ja4": _ja4,
    "cowrie.direct-tcpip.ja4h": _ja4h,
    "cowrie.log.closed": _ttylog,
}

# KIPP and COW numbers (before v1.1.0) had no command.input: there, found and not found together are the command lines.
_BEFORE_COMMAND_INPUT: Mapping[str, Contribution] = {
    "cowrie.command.success": _command,
    "cowrie.command.failed": _legacy_failed,
}


def _contribution(tag: str, struct: type[Envelope]) -> Contribution | None:
    eventid = struct.EVENTID
    if not tag.startswith("cowrie."):
        return _BEFORE_COMMAND_INPUT.get(eventid) or _BY_EVENTID.get(eventid)
    return _BY_EVENTID.get(eventid)


CONTRIBUTIONS: Mapping[type[Envelope], Contribution] = {
    struct: contribution for tag, struct in EVENTS.items() if (contribution := _contribution(tag, struct))
}
