"""Attackers' text made fit for a person's eyes: safe for a terminal, and defanged."""

from __future__ import annotations

import re
import unicodedata

CUT = "…"

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Python calls these printable, but they show as nothing: Hangul fillers, the blank Braille cell.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# More accents than this on one character climb into the lines above and below.
MARKS_MAX = 2

_WEB = re.compile(
    r"(?i)(?P<web>h)tt(?P<rest>ps?)://(?P<host>[^/\s?#\"'<>|;]*)|f(?P<ftp>tp)://(?P<site>[^/\s?#\"'<>|;]*)"
)
_OTHER_SCHEME = re.compile(r"(?i)(?<!hxxp)(?<!hxxps)(?<!fxp)://")
_DOT = re.compile(r"(?<!\[)\.(?!\])")
_IPV4 = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3})\.(\d{1,3})(?!\d)")
_IPV6 = re.compile(r"(?i)\[?(?P<address>[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f.]*)\]?(:\d+)?")


def terminal(text: str, width: int | None = None) -> str:
    """Return `text` so that a terminal shows it and does nothing else, at most `width` columns wide.

    Control characters, line breaks, marks that change the direction of writing, surrogates and everything
    else that is not visible come out as backslash escapes. What was cut off is told by a closing
    ellipsis; an escape is never cut.
    """
    if text.isascii() and text.isprintable():
        return text if width is None or len(text) <= width else text[: max(width - 1, 0)] + CUT
    pieces = _escaped(text)
    return "".join(pieces) if width is None else _cut(pieces, width)


def quoted(text: str, width: int | None = None) -> str:
    """Return `text` like `terminal`, and make visible what a table hides: emptiness, spaces at the ends."""
    if not text:
        return '""'
    core = text.strip(" ")
    if core == text:
        return terminal(text, width)
    before = len(text) - len(text.lstrip(" "))
    after = len(text) - before - len(core)
    space = "\\x20"
    return terminal(space * before + core + space * after, width)


def _escaped(text: str) -> list[str]:
    pieces: list[str] = []
    marks = 0
    for char in text:
        is_mark = unicodedata.category(char) in {"Mn", "Me"}
        marks = marks + 1 if is_mark else 0
        if char.isprintable() and char not in _INVISIBLE and marks <= MARKS_MAX:
            pieces.append(char)
        else:
            pieces.append(_escape(char))
    return pieces


def _escape(char: str) -> str:
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes, when it was made by `terminal`."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def padded(text: str, width: int) -> str:
    """Return `text`, made by `terminal`, with spaces up to `width` columns."""
    return text + " " * (width - columns(text))


def _columns_of(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _cut(pieces: list[str], width: int) -> str:
    whole = "".join(pieces)
    if columns(whole) <= width:
        return whole
    kept: list[str] = []
    left = width - 1
    for piece in pieces:
        left -= columns(piece)
        if left < 0:
            break
        kept.append(piece)
    return "".join(kept) + CUT


def defang(text: str) -> str:
    """Return `text` with no link that a click follows: hxxp://evil[.]example, 192.0.2[.]1, 2001:db8:[:]1.

    The convention of analysts, read back by most of their tools. Host names outside of a URL stay as they
    are: nothing tells them from names of files.
    """
    text = _WEB.sub(_defang_link, text)
    text = _OTHER_SCHEME.sub("[:]//", text)
    text = _IPV4.sub(r"\1[.]\2", text)
    return _defang_ipv6(text)


def _defang_ipv6(text: str) -> str:
    """Defang a text that is an IPv6 address as a whole; within other text too much looks like one."""
    match = _IPV6.fullmatch(text)
    if match is None:
        return text
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(match["address"])
    except AddressValueError:
        return text
    last = text.rindex(":", 0, match.end("address"))
    return f"{text[:last]}[:]{text[last + 1 :]}"


def _defang_link(match: re.Match[str]) -> str:
    if match["web"]:
        return f"{match['web']}xx{match['rest']}://{_DOT.sub('[.]', match['host'])}"
    return f"fx{match['ftp'][1:]}://{_DOT.sub('[.]', match['site'])}"


def grouped(number: int) -> str:
    """Return a whole number with commas between thousands."""
    return f"{number:,}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, which takes an s unless the number is 1."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(milliseconds: int) -> str:
    """Return a length of time in the largest two units that it fills."""
    seconds = abs(milliseconds) / 1000
    sign = "-" if milliseconds < 0 else ""
    if seconds < 60:
        return f"{sign}{seconds:.1f} s"
    whole = int(seconds)
    for unit, size, below, under in (("d", 86400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if whole >= size:
            return f"{sign}{whole // size} {unit} {whole % size // under} {below}"
    return f"{sign}{whole} s"


def size(size_bytes: int) -> str:
    """Return a number of bytes in a unit that suits it; 1 kB is 1,000 bytes."""
    amount = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
