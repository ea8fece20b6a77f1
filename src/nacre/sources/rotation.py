"""The order in which rotated logs are read: oldest first, as far as their names tell."""

from __future__ import annotations

import re

_PACKED = re.compile(r"\.(?:gz|gzip|bz2|xz|zst|zstd)$", re.IGNORECASE)

# Suffixes seen: Twisted's daily rotation (.2019-12-03; .2017_1_7 before 2018), logrotate's number (.12) and
# dateext (-20191203, -20191203-1575331200), T-Pot (.12.gz). An index has at most three digits, a date at
# least four.
_SUFFIX = re.compile(r"(?P<stem>.+?)(?:[.\-_](?P<date>[0-9]{4,}(?:[-_T][0-9]{1,10})*))?(?:\.(?P<index>[0-9]{1,3}))?")

_DATED, _NUMBERED, _LIVE = range(3)

_Natural = tuple[str | int, ...]


def _natural(text: str) -> _Natural:
    # The split alternates text and digits and begins with text, so that equal positions compare equal types.
    return tuple(int(part) if i % 2 else part for i, part in enumerate(re.split(r"([0-9]+)", text)))


def _date(text: str) -> tuple[int, ...]:
    digits = re.split(r"[-_T]", text)
    if len(digits[0]) in (8, 14) and digits[0][:2] in ("19", "20"):  # 20191203 sorts among 2019-12-03
        packed = digits[0]
        digits[:1] = [packed[:4], *(packed[at : at + 2] for at in range(4, len(packed), 2))]
    return tuple(map(int, digits))


def rotation_key(name: str) -> tuple[_Natural, int, tuple[int, ...], int, _Natural]:
    """Return a key to sort by: one log's files together, dated, then numbered (12 before 3), then live."""
    bare = _PACKED.sub("", name)
    match = _SUFFIX.fullmatch(bare)
    stem, date, index = (match["stem"], match["date"], match["index"]) if match else (bare, None, None)
    rank = _DATED if date else _NUMBERED if index else _LIVE
    return _natural(stem), rank, _date(date) if date else (), -int(index or 0), _natural(name)
