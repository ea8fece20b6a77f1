"""Bytes to a decoded JSON value, whatever is odd about them: encoding, numbers, depth, repeated keys."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from nacre.parse.events.envelope import INTEGER_MAX, INTEGER_MIN
from nacre.parse.outline import members_of

# An event of Cowrie nests three deep (virustotal scans). SQLite reads JSON 1,000 levels deep.
DEPTH_MAX = 64

# Python converts this many digits whatever its settings (sys.int_info.str_digits_check_threshold is 640).
_DIGITS_MAX = 600

_BOM = b"\xef\xbb\xbf"
_JSON_SPACE = " \t\r\n"
_SPACE = " \t\r\n\v\f"
_LITERALS = ("true", "false", "null", "-")
_ESCAPE_CHARS = len("\\u0000")


class Raw(str):
    """JSON text that stands for a value which Python or a store cannot hold; `kind` is "bigint" or "deep"."""

    __slots__ = ("kind",)
    kind: str


def _raw(kind: str, text: str) -> Raw:
    kept = Raw(text)
    kept.kind = kind
    return kept


class _Repeated(dict[str, Any]):
    """An object in which keys were written twice; the last value counts."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON value with what was odd about its text."""

    value: Any
    text: str  # the JSON text, without what is not part of it
    trimmed: bool  # the text is not all of the line
    rewrite: bool  # a store cannot hold the text, or would read it in another way
    odd: bool  # some value in it is a Raw or no finite number
    repeated: dict[str, Any]  # keys that were written twice, at any depth, with the value that counts


@dataclass(slots=True)
class _Survey:
    """What was odd in a decoded value."""

    deep: bool = False
    infinite: bool = False  # or not a number
    raw: bool = False
    repeated: dict[str, Any] = field(default_factory=dict)


ODD = ("bigint", "deep", "nan")


def json_type(value: Any) -> str:
    """Return the JSON type of a decoded value, or one of ODD where a store cannot hold it."""
    if isinstance(value, str):
        return value.kind if isinstance(value, Raw) else "string"
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int):
        return "integer" if INTEGER_MIN <= value <= INTEGER_MAX else "bigint"
    if isinstance(value, float):
        return "number" if math.isfinite(value) else "nan"
    return "array" if isinstance(value, list) else "object"


def read_document(line: bytes) -> Document | str:
    """Return the one JSON value in a line, or one sentence that says why there is none."""
    body = line.removeprefix(_BOM)
    text = body.decode("utf-8", "surrogateescape")
    foreign = not text.isascii() and _is_foreign(text)
    trimmed = len(body) != len(line)
    if text.strip(_SPACE) != text.strip(_JSON_SPACE):
        text = text.strip(_SPACE)
        trimmed = True
    try:
        value = _decode(text)
        survey = _survey(value)
    except json.JSONDecodeError as exc:
        return _why_not(text, exc.pos, exc.msg)
    except RecursionError:
        value, survey = None, _Survey(deep=True)
    if survey.deep:
        value = _shallow(text)
        if value is None:
            return "not JSON: it nests deep and is broken"
        survey = _survey(value)
        survey.deep = True
    rewrite = foreign or survey.deep or survey.infinite or bool(survey.repeated)
    return Document(value, text, trimmed, rewrite, survey.infinite or survey.raw, survey.repeated)


def _is_foreign(text: str) -> bool:
    """Tell whether bytes of the text were not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    return value if len(value) == len(pairs) else _Repeated(pairs)


def _integer(text: str) -> int | Raw:
    return int(text) if len(text) <= _DIGITS_MAX else _raw("bigint", text)


_decode = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_integer).decode


def _survey(value: Any) -> _Survey:
    """Look at a decoded value, level by level and down to the first one that is too deep."""
    survey = _Survey()
    level: list[Any] = [value] if isinstance(value, dict | list) else []
    depth = 0
    while level and not survey.deep:
        depth += 1
        survey.deep = depth > DEPTH_MAX
        below: list[Any] = []
        for container in level:
            for item in container.values() if isinstance(container, dict) else container:
                kind = item.__class__
                if kind is str or kind is int:
                    continue
                if kind is list or isinstance(item, dict):
                    below.append(item)
                elif kind is float and not math.isfinite(item):
                    survey.infinite = True
                elif kind is Raw:
                    survey.raw = True
            if isinstance(container, _Repeated):
                survey.repeated.update({key: container[key] for key in container.twice})
        level = below
    return survey


def _shallow(text: str) -> Any:
    """Decode what nests too deep: an object's members one by one, the deep ones as text. None: not JSON."""
    members = members_of(text)
    if members is None:
        return None
    if not text.lstrip(_JSON_SPACE).startswith("{"):
        return []  # an array: no event, whatever is in it
    deep = [member.depth >= DEPTH_MAX for member in members]
    values = [_raw("deep", m.value) if too else _decode(m.value) for m, too in zip(members, deep, strict=True)]
    return _pairs([(_decode(member.key), value) for member, value in zip(members, values, strict=True)])


def _why_not(text: str, position: int, complaint: str) -> str:
    """Say in one sentence why a text is not JSON; `position` and `complaint` are the decoder's."""
    rest = text[position:].rstrip(_SPACE)
    at = len(text[:position].encode("utf-8", "surrogateescape"))
    if not text.strip(_SPACE):
        return "an empty line"
    if "\0" in text:
        return f"NUL bytes from byte {len(text[: text.index(chr(0))].encode('utf-8', 'surrogateescape'))}"
    if complaint.startswith("Extra data"):
        return f"something follows the JSON value at byte {at}"
    cut_escape = "escape" in complaint and len(rest) < _ESCAPE_CHARS and '"' not in rest
    unfinished = not rest or any(literal.startswith(rest) for literal in _LITERALS)
    if position and (unfinished or cut_escape or complaint.startswith("Unterminated")):
        return f"truncated: the JSON breaks off, from byte {at}"
    if not position:
        return "text, not JSON"
    return f"not JSON, from byte {at}"
