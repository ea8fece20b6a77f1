"""Where to go on reading a source: recognised by its head, confirmed by its marker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nacre.model.source import Checkpoint
from nacre.sources import Source
from nacre.store.contract import Store


def confirmed(source: Source, candidates: Iterable[Checkpoint]) -> Iterator[Checkpoint]:
    """Yield the checkpoints among the candidates that this source's bytes confirm, the farthest first."""
    for known in candidates:
        if source.matches(known.identity) and (known.offset == 0 or source.verify_marker(known.offset, known.marker)):
            yield known


def checkpoint_of(store: Store, source: Source) -> Checkpoint:
    """Return where to go on with a source: its checkpoint when the store knows it, else a new one at 0.

    A source whose beginning a follower was told to leave out is read from 0, as another one: who loads it wants it all.
    """
    whole = (known for known in store.candidates(source.identity) if not known.skipped_bytes)
    return next(confirmed(source, whole), None) or store.add_source(source.identity)
