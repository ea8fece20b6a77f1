"""Where to go on reading a source: recognised by its head, confirmed by its marker."""

from __future__ import annotations

from collections.abc import Iterable

from nacre.model.source import Checkpoint
from nacre.sources import Source
from nacre.store.contract import Store


def recognise(source: Source, candidates: Iterable[Checkpoint]) -> Checkpoint | None:
    """Return the checkpoint of this source among the candidates, the farthest one that its bytes confirm."""
    for known in candidates:
        if source.matches(known.identity) and (known.offset == 0 or source.verify_marker(known.offset, known.marker)):
            return known
    return None


def checkpoint_of(store: Store, source: Source) -> Checkpoint:
    """Return where to go on with a source: its checkpoint when the store knows it, else a new one at 0."""
    known = recognise(source, store.candidates(source.identity))
    if known is None:
        return store.add_source(source.identity)
    store.touch_source(known.source_id, source.identity)
    return known
