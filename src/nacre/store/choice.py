"""Sensors chosen by name, out of those that a store knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nacre.errors import NotFound


def choose_sensors(known: Iterable[tuple[int, str]], names: Sequence[str] = ()) -> Mapping[int, str]:
    """Return the named ones of the known sensors by id, or all; raise NotFound for a name not among them."""
    by_id = dict(known)
    missing = sorted(set(names) - set(by_id.values()))
    if missing:
        hint = f"it knows {', '.join(sorted(by_id.values()))}" if by_id else "load logs with: nacre load PATH"
        raise NotFound(f"the store knows no sensor {', '.join(missing)}", hint=hint)
    return {key: name for key, name in by_id.items() if not names or name in names}
