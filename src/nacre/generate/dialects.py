"""The form that each dialect of Cowrie gives an event: its id, its fields, their order, its spaces."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nacre.generate.plan import COMPACT, COW, IDENTITY_FIRST, KIPP, SENSOR_UUID, TWISTED
from nacre.generate.visits import Act

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Numbers of the ids of 2015 and 2016 in their order; the last four came with COW.
NUMBERED = (
    *("session.connect", "login.success", "login.failed", "log.open", "command.success", "command.failed"),
    *("session.file_download", "session.input", "client.version", "client.size", "session.closed", "log.closed"),
    *("client.var", "direct-tcpip.request", "direct-tcpip.data", "client.fingerprint", "session.file_upload"),
)
KIPP_IDS = 13
# What v1.1.0 to v1.3 did not write, or wrote in another event.
YOUNGER_THAN_TWISTED = frozenset({"client.kex", "session.params"})
KEX_LISTS = ("kexAlgs", "keyAlgs", "encCS", "macCS", "compCS")


@dataclass(frozen=True, slots=True)
class Session:
    """What the events of one session share."""

    id: str
    number: int
    protocol: str
    src_ip: str
    src_port: int
    dst_ip: str
    dst_port: int
    sensor: str
    uuid: str


def adapt(acts: list[Act], dialect: int) -> list[Act]:
    """Return the acts as a release of the dialect would see them: some under other names, some not at all."""
    if dialect >= COMPACT:
        return acts
    kept: list[Act] = []
    for act in acts:
        name, fields = act.name, act.fields
        if name == "client.kex" and kept and kept[-1].name == "client.version":
            lists = {key: fields[key] for key in KEX_LISTS}
            kept[-1] = kept[-1]._replace(fields={**kept[-1].fields, **lists})
        elif name == "command.input" and dialect < TWISTED:
            kept.append(act._replace(name="command.success", message=f"Command found: {fields['input']}"))
        elif name not in YOUNGER_THAN_TWISTED and (dialect > COW or name in NUMBERED[: _ids(dialect)]):
            kept.append(act)
    return kept


def _ids(dialect: int) -> int:
    return KIPP_IDS if dialect == KIPP else len(NUMBERED)


def eventid(name: str, dialect: int) -> str:
    """Return the id under which a dialect writes an event."""
    if dialect <= COW:
        prefix = "KIPP" if dialect == KIPP else "COW"
        return f"{prefix}{NUMBERED.index(name) + 1:04d}"
    return f"cowrie.{name}"


def timestamp(when_us: int, dialect: int) -> str:
    """Return a time as a dialect writes it; up to 1.5 a fraction of zero was left out."""
    moment = EPOCH + timedelta(microseconds=when_us)
    naive = moment.replace(tzinfo=None)
    return naive.isoformat(timespec="microseconds" if dialect >= COMPACT else "auto") + "Z"


def _with_duration(act: Act, session: Session, dialect: int) -> tuple[dict[str, Any], str]:
    """Return fields and message with the duration in the dialect's form: a number, a text, or milliseconds."""
    fields = dict(act.fields)
    elapsed_us: int | None = fields.pop("duration_us", None)
    if elapsed_us is None:
        return fields, act.message
    if dialect >= IDENTITY_FIRST:
        fields["duration_ms"] = elapsed_us // 1000
        return fields, f"{act.message} after {elapsed_us // 1000} milliseconds"
    seconds = elapsed_us / 1_000_000
    if dialect == SENSOR_UUID and (session.protocol == "ssh" or act.name == "log.closed"):
        fields["duration"] = f"{seconds:.1f}"
        return fields, f"{act.message} after {seconds:.1f} seconds"
    fields["duration"] = seconds
    return fields, f"{act.message} after {int(seconds)} seconds"


def line(act: Act, session: Session, when_us: int, dialect: int) -> bytes:
    """Return the event's line with its newline, in ASCII as Cowrie writes it."""
    fields, message = _with_duration(act, session, dialect)
    if dialect >= IDENTITY_FIRST:
        event = _identity_first(act, session, fields)
    else:
        event = _eventid_first(act, session, fields, dialect)
    stamps = {"timestamp": timestamp(when_us, dialect)}
    text: str | list[str] = [] if act.name == "session.params" and dialect < IDENTITY_FIRST else message
    if dialect >= IDENTITY_FIRST:
        event |= {"eventid": eventid(act.name, dialect), "sensor": session.sensor, "uuid": session.uuid}
        event |= stamps | {"message": text}
    elif dialect >= COMPACT:
        event |= {"message": text, "sensor": session.sensor}
        event |= ({"uuid": session.uuid} if dialect == SENSOR_UUID else {}) | stamps
        event |= {"src_ip": session.src_ip, "session": session.id}
        event |= {"protocol": session.protocol} if dialect == SENSOR_UUID else {}
    else:
        event |= stamps | {"message": text, "system": _system(act, session), "isError": 0}
        event |= {"src_ip": session.src_ip, "session": session.id, "sensor": session.sensor}
    separators = (",", ":") if dialect >= COMPACT else (", ", ": ")
    return json.dumps(event, separators=separators).encode() + b"\n"


def _identity_first(act: Act, session: Session, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "session": session.id,
        "protocol": session.protocol,
        "src_ip": session.src_ip,
        "src_port": session.src_port,
        "dst_ip": session.dst_ip,
        "dst_port": session.dst_port,
        **fields,
    }


def _eventid_first(act: Act, session: Session, fields: dict[str, Any], dialect: int) -> dict[str, Any]:
    event: dict[str, Any] = {"eventid": eventid(act.name, dialect)}
    if act.name == "session.connect":
        event |= {"src_ip": session.src_ip, "src_port": session.src_port}
        event |= {"dst_ip": session.dst_ip, "dst_port": session.dst_port, "session": session.id}
        event |= {"protocol": session.protocol} if dialect >= TWISTED else {}
    elif act.name == "direct-tcpip.request":
        # The port that the client claims went by this name before v3.0.6.
        fields = {"src_port": fields["orig_port"], "dst_ip": fields["dst_ip"], "dst_port": fields["dst_port"]}
    return event | fields


def _system(act: Act, session: Session) -> str:
    if act.name == "session.connect":
        return f"cowrie.{session.protocol}.factory.Cowrie{session.protocol.upper()}Factory"
    transport = "HoneyPotSSHTransport" if session.protocol == "ssh" else "CowrieTelnetTransport"
    return f"{transport},{session.number},{session.src_ip}"
