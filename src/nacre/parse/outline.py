"""The members of a JSON object that nests too deep for a recursive decoder, found by a loop."""

from __future__ import annotations

import re
from typing import NamedTuple

# Possessive, so that a string of megabytes costs no stack and no backtracking.
_TOKEN = re.compile(
    r"""[ \t\r\n]*+(?:
        (?P<mark> [{}\[\],:] )
      | (?P<string> "[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+" )
      | (?P<atom> -?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+
                  | true | false | null | NaN | -?Infinity )
    )""",
    re.VERBOSE,
)
_BLANK = re.compile(r"[ \t\r\n]*+")
_OPENING = {"}": "{", "]": "["}


class Member(NamedTuple):
    """One member of an object, as JSON text."""

    key: str
    value: str
    depth: int  # of the containers in the value; 0 for a string or a number


class _Grammar:
    """Where in JSON's grammar a text has come to.

    `awaits` is what may come next: a "value", a "key", the "first" of them or the end, a "colon", or "more"
    (a comma or the end of the container).
    """

    def __init__(self) -> None:
        self.open: list[str] = []
        self.awaits = "value"

    def take(self, token: str, mark: bool) -> bool:
        """Take the next token; tell whether it may stand here."""
        if not mark:
            return self._scalar(token.startswith('"'))
        if token in _OPENING:
            return self._end(token)
        if token in ("{", "["):
            return self._begin(token)
        if token == ":":
            fits, self.awaits = self.awaits == "colon", "value"
            return fits
        fits, self.awaits = self.awaits == "more", "key" if self.open[-1:] == ["{"] else "value"
        return fits

    def _scalar(self, string: bool) -> bool:
        first = self.awaits == "first"
        if self.awaits == "key" or (first and self.open[-1] == "{"):
            self.awaits = "colon"
            return string
        fits, self.awaits = first or self.awaits == "value", "more"
        return fits

    def _begin(self, token: str) -> bool:
        fits = self.awaits == "value" or (self.awaits == "first" and self.open[-1] == "[")
        self.open.append(token)
        self.awaits = "first"
        return fits

    def _end(self, token: str) -> bool:
        if self.awaits not in ("more", "first") or self.open[-1:] != [_OPENING[token]]:
            return False
        self.open.pop()
        self.awaits = "more"
        return True


def members_of(text: str) -> list[Member] | None:
    """Return the members of the one JSON value in `text`, with their text as it stands; none for an array.

    None means that the text is not JSON. The work is proportional to the length, whatever the depth.
    """
    if not text.rstrip(" \t\r\n").endswith(("}", "]")):
        return None  # it breaks off: no need to read it
    grammar = _Grammar()
    members: list[Member] = []
    key, start, at, depth = "", 0, 0, 0
    while match := _TOKEN.match(text, at):
        token = match[match.lastgroup or 0]
        at = match.end()
        awaited = grammar.awaits
        if not grammar.take(token, mark=match.lastgroup == "mark"):
            return None
        level = len(grammar.open)
        depth = max(depth, level - 1)
        if level == 0:
            break
        if level == 1 and grammar.awaits == "colon":
            key = token
        elif level == 1 and awaited == "colon":
            start, depth = at, 0
        elif level == 1 and grammar.awaits == "more" and grammar.open == ["{"]:
            members.append(Member(key, text[start:at].strip(" \t\r\n"), depth))
    whole = not grammar.open and at > 0 and _BLANK.fullmatch(text, at) is not None
    return members if whole else None
