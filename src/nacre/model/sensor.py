"""Names of sensors: what an event's own `sensor` field says, corrected by what the operator knows."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase

import msgspec


class SensorNames(msgspec.Struct, array_like=True, frozen=True):
    """How sensors get their names: one name for everything, or rules tried in order, or the event's own field.

    A rule is (pattern, name): the pattern is matched against the source's path and against the raw field. Docker gives
    T-Pot's Cowrie a new container id at each start, and DShield writes "": hence the rules.
    """

    override: str | None = None
    rules: tuple[tuple[str, str], ...] = ()

    def for_source(self, path: str) -> Callable[[str], str]:
        """Return the function that names the sensor of an event of this source by its raw field."""
        override = self.override
        if override is not None:
            return lambda raw: override
        for pattern, name in self.rules:
            if fnmatchcase(path, pattern):
                return lambda raw: name
        return self._by_field

    def _by_field(self, raw: str) -> str:
        for pattern, name in self.rules:
            if pattern == raw:
                return name
        return raw
