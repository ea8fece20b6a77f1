"""Text that every store can hold: an escape for NUL and lone surrogates."""

from __future__ import annotations

import math
import re
from typing import Any

# SQLite's json_extract stops at NUL and PostgreSQL's JSONB refuses it; UTF-8 has no lone surrogates.
# The escape is Cowrie's own (core/utils.py escape_nonprintable, v3.0.5): backslash doubled, so reversible where it is
# known to have been used, as in a payload whose exact line is kept beside it. In a dictionary a password with a NUL is
# thereby one with the same password as Cowrie has written it since v3.0.5, and with one that spells the escape.
HOSTILE = re.compile("[\x00\ud800-\udfff]")
_ESCAPABLE = re.compile("[\x00\ud800-\udfff\\\\]")

# A dictionary value longer than this is cut and named by its digest: values are attacker-chosen and unbounded.
# 1,024 holds every username, password and 99.9 % of the commands in 1.29 million real lines.
ENTITY_CHARS_MAX = 1024


def is_hostile(text: str) -> bool:
    """Tell whether `text` holds a character that a store cannot keep as it is."""
    return HOSTILE.search(text) is not None


def _escape_one(match: re.Match[str]) -> str:
    char = match.group()
    if char == "\\":
        return "\\\\"
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8, smuggled in by "surrogateescape" (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def clean(text: str) -> str:
    """Return `text` unchanged when storable, else its escaped form."""
    if HOSTILE.search(text) is None:
        return text
    return _ESCAPABLE.sub(_escape_one, text)


def clean_json(value: Any) -> Any:
    """Return a decoded JSON value with every string and key in it cleaned; not-a-number becomes its name."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): clean_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value
