"""Judge the head of a file: does it hold what Cowrie writes, and if not, what is it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nacre.sources.trouble import SkipReason


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a head is not Cowrie's."""

    reason: SkipReason
    detail: str  # one phrase for a person


# A quote inside a JSON string is always escaped, so an attacker's text cannot contain the raw key. KIPP and
# COW were the names in 2015 and January 2016. From v3.0.6 on the identity comes first, and eventid may
# stand megabytes later.
_EVIDENCE = re.compile(
    rb'"eventid"\s*:\s*"(?:cowrie\.|KIPP[0-9]|COW[0-9])'
    rb'|\{\s*"session"\s*:\s*"[0-9a-f]{8,12}"\s*,\s*"protocol"\s*:\s*"(?:ssh|telnet)"'
)

# Only in a line that begins like JSON the key is one; Cowrie's text log quotes commands, JSON in them
# included, raw.
_LINE_START = re.compile(rb'[ \t\r\0,]*(?:\xef\xbb\xbf)?[ \t\r\0,]*[{\["\]}]')

_EVENTID_OPENINGS = (b'{"eventid":"cowrie.', b'{"eventid":"KIPP', b'{"eventid":"COW')
_SESSION_OPENING = re.compile(rb'\{"session":"[0-9a-f]{0,12}')
_AFTER_SESSION = b'","protocol":"telnet"', b'","protocol":"ssh"'

_MAGIC = (
    (0, b"SQLite format 3\0", "a SQLite database"),
    (0, b"PK\x03\x04", "a zip archive: extract it first"),
    (257, b"ustar", "a tar archive: extract it first"),
    (0, b"\xff\xfe", "UTF-16 text: convert it to UTF-8 first"),
    (0, b"\xfe\xff", "UTF-16 text: convert it to UTF-8 first"),
    (0, b"\x7fELF", "an executable"),
    (
        0,
        b"\x01" + bytes(15),
        "a terminal recording",
    ),  # Cowrie core/ttylog.py: OPEN, tty 0, length 0, direction 0
    (0, b"\x1f\x8b", "compressed twice"),
)
_CONTROL = bytes(sorted({*range(0x20), 0x7F} - set(b"\t\n\f\r\x1b")))
_NUL_RUN = re.compile(rb"\0{64,}")  # a hole that a truncation left, not binary content

# Share of control characters, in percent: JSON has none, random bytes 11, programs and databases 20 and
# more. A log that a file system mangled may have some; beyond a third it is not worth calling one.
_CONTROL_PERCENT_MAX = 5
_CONTROL_PERCENT_MAX_WITH_EVIDENCE = 33

_FOREIGN = (
    (re.compile(rb"\s*[\[{]"), "JSON without a Cowrie event id"),
    (re.compile(rb"[0-9]{4}-[0-9]\d-[0-9]\dT[0-9:.]+\S* \["), "Cowrie's text log, not its JSON log"),
    (re.compile(rb"[0-9]{4}-[0-9]\d-[0-9]\d [0-9:]+[+-][0-9]{4} \["), "Cowrie's text log, not its JSON log"),
    (re.compile(rb"[^\n]*(?:kernel:|\bIN=\S* OUT=)"), "kernel or firewall log"),
)


def judge(head: bytes, *, is_whole: bool) -> Verdict | None:
    """Return None when `head` holds evidence of Cowrie, else why it seems not to.

    `head` begins after a leading run of NUL. `is_whole` says that nothing follows it: then a head that breaks
    off within the opening of an event is evidence. A foreign verdict may change with a longer head.
    """
    for offset, magic, detail in _MAGIC:
        if head.startswith(magic, offset):
            return Verdict(SkipReason.BINARY, detail)
    text = _NUL_RUN.sub(b"", head)
    control = len(text) - len(text.translate(None, _CONTROL))
    has_evidence = _has_event(head) or (is_whole and is_torn_opening(head))
    percent_max = _CONTROL_PERCENT_MAX_WITH_EVIDENCE if has_evidence else _CONTROL_PERCENT_MAX
    if control * 100 > len(text) * percent_max:
        return Verdict(SkipReason.BINARY, f"{control * 100 // len(text)} % control characters")
    if has_evidence:
        return None
    if not text.strip():
        return Verdict(SkipReason.EMPTY, "nothing but blanks")
    return Verdict(SkipReason.FOREIGN, _describe(text))


def _has_event(text: bytes) -> bool:
    position = 0
    while match := _EVIDENCE.search(text, position):
        line_start = text.rfind(b"\n", 0, match.start()) + 1
        if _LINE_START.match(text, line_start):
            return True
        position = text.find(b"\n", match.end()) + 1  # the rest of the line has the same beginning
        if not position:
            return False
    return False


def is_torn_opening(text: bytes) -> bool:
    """Tell whether `text` is the first half of an event's opening, as a writer or truncation may leave it."""
    if len(text) > 128:  # the longest opening has 46 bytes, plus spaces
        return False
    opening = b"".join(text.split()).removeprefix(b"\xef\xbb\xbf").removeprefix(b"[")
    if not opening:
        return False
    if any(whole.startswith(opening) for whole in (*_EVENTID_OPENINGS, b'{"session":"')):
        return True
    session = _SESSION_OPENING.match(opening)
    return session is not None and any(rest.startswith(opening[session.end() :]) for rest in _AFTER_SESSION)


def _describe(text: bytes) -> str:
    for pattern, description in _FOREIGN:
        if pattern.match(text):
            return description
    return "text without a Cowrie event"
