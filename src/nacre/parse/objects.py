"""Where JSON objects begin and end in lines that are not one object each: arrays, pretty print, glued, torn."""

from __future__ import annotations

import json
import re

WHITESPACE = b" \t\r\n"

# A raw quote cannot occur inside a JSON string, so an attacker cannot forge this seam: it is where Cowrie began a new
# event right after a torn one. 3.x begins with "session", older releases with "eventid" (with a space until 1.5).
SEAM = re.compile(rb'\{"(?:session|eventid)": ?"')

# {"events": [ ... ]}: a wrapper that some collections put around their events.
WRAPPER = re.compile(rb'\{\s*"events"\s*:\s*\[')

_SPACES = re.compile(rb"[ \t\r\n]*")
_FRAME = re.compile(rb"[\[\],\s]*")
_FRAME_OF_WRAPPER = re.compile(rb"[\[\]},\s]*")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]"]')

# An event nests three deep at most (virustotal scans), and collections wrap it twice. Deeper text is not a
# pretty-printed event; it is given up a line at a time, so the limit also bounds how often a line is looked at.
DEPTH_MAX = 8

_raw_decode = json.JSONDecoder(parse_int=str).raw_decode


def is_blank_from(line: bytes, start: int) -> bool:
    """Tell whether nothing but white space follows."""
    match = _SPACES.match(line, start)
    return match is not None and match.end() == len(line)


def frame_end(line: bytes, start: int, *, wrapped: bool) -> int:
    """Return where the brackets, commas and spaces that only frame objects end; `wrapped` adds the wrapper's brace."""
    match = (_FRAME_OF_WRAPPER if wrapped else _FRAME).match(line, start)
    return match.end() if match else start


class Objects:
    """Finds where objects end in one line, however many there are: the line is decoded once."""

    def __init__(self) -> None:
        self._text: str | None = None

    def end(self, line: bytes, start: int) -> int | None:
        """Return the offset after the JSON value that starts at `start`, or None when none ends on this line."""
        if self._text is None:
            # Latin-1 maps each byte to one character, so that offsets stay offsets.
            self._text = line.decode("latin-1")
        try:
            return _raw_decode(self._text, start)[1]
        except (ValueError, RecursionError):
            return None


class Depth:
    """How deep in an object some lines of pretty-printed JSON have come: fed line by line, never rescanned."""

    def __init__(self) -> None:
        self.value = 0
        self.broken = False  # a string that does not end on its line: JSON forbids that, so the line is torn

    def feed(self, line: bytes) -> bool:
        """Take a line; tell whether the object it belongs to is closed now."""
        for match in _TOKEN.finditer(line):
            token = match.group()
            if token in (b"{", b"["):
                self.value += 1
            elif token in (b"}", b"]"):
                self.value -= 1
                if self.value <= 0:
                    return True
            elif token == b'"':
                self.broken = True
                return False
        if self.value > DEPTH_MAX:
            self.broken = True
        return False
