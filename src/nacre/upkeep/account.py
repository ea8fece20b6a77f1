"""The account: every line that was read is stored, duplicate, rejected or blank, and no byte was skipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from nacre.store.contract import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Numbers of lines. They balance when lines = stored + duplicate + rejected + blank."""

    lines: int = 0
    stored: int = 0
    duplicate: int = 0
    rejected: int = 0
    blank: int = 0

    @property
    def balanced(self) -> bool:
        """Tell whether every line is accounted for."""
        return self.lines == self.stored + self.duplicate + self.rejected + self.blank

    def __add__(self, other: Tally) -> Tally:
        mine, theirs = asdict(self), asdict(other)
        return Tally(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAccount:
    """What became of one source."""

    source: int
    path: str
    compression: str
    state: str
    checkpoint: int  # decompressed bytes that are accounted for, from 0
    tally: Tally
    holes: int  # batches that do not begin where the one before ended
    last_end: int  # where the last batch ended

    @property
    def contiguous(self) -> bool:
        """Tell whether the batches cover every byte from 0 to the checkpoint, once."""
        return self.holes == 0 and self.last_end == self.checkpoint

    @property
    def balanced(self) -> bool:
        """Tell whether the lines add up and the bytes are contiguous."""
        return self.tally.balanced and self.contiguous


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account of a whole store."""

    sources: tuple[SourceAccount, ...]
    events: int  # rows that the store holds
    findings: tuple[str, ...] = field(default=())  # of a recount

    @property
    def totals(self) -> Tally:
        """Return the sum over the sources."""
        return sum((account.tally for account in self.sources), Tally())

    @property
    def balanced(self) -> bool:
        """Tell whether everything adds up: each source, the stored events against the rows, and the recount."""
        return all(one.balanced for one in self.sources) and self.totals.stored == self.events and not self.findings


def account(reader: Reader) -> Account:
    """Draw up the account from the ledger; reads no log."""
    (events,) = reader.row("stored_events") or (0,)
    return Account(sources=tuple(_sources(reader)), events=events)


def _sources(reader: Reader) -> Iterator[SourceAccount]:
    for source, path, compression, state, checkpoint, *numbers, holes, last_end in reader.rows("account_sources"):
        lines, stored, duplicate, rejected, blank = numbers
        yield SourceAccount(
            source=source,
            path=path,
            compression=compression,
            state=state,
            checkpoint=checkpoint,
            tally=Tally(lines=lines, stored=stored, duplicate=duplicate, rejected=rejected, blank=blank),
            holes=holes,
            last_end=last_end,
        )


def as_json(drawn: Account) -> dict[str, Any]:
    """Return the account as it is printed with --json."""
    return {
        "balanced": drawn.balanced,
        "totals": {**asdict(drawn.totals), "events": drawn.events},
        "sources": [_source_json(one) for one in drawn.sources],
        "findings": list(drawn.findings),
    }


def _source_json(one: SourceAccount) -> dict[str, Any]:
    return {
        "source": one.source,
        "path": one.path,
        "compression": one.compression,
        "state": one.state,
        "checkpoint": one.checkpoint,
        **asdict(one.tally),
        "contiguous": one.contiguous,
        "balanced": one.balanced,
    }


def problems(drawn: Account) -> Sequence[str]:
    """Say in sentences what does not add up."""
    found = list(drawn.findings)
    for one in drawn.sources:
        if not one.tally.balanced:
            found.append(f"{one.path}: the lines do not add up: {one.tally}")
        if not one.contiguous:
            found.append(
                f"{one.path}: its batches leave {one.holes} holes, or end at {one.last_end} of {one.checkpoint}"
            )
    if drawn.totals.stored != drawn.events:
        found.append(f"the ledger counts {drawn.totals.stored} stored events, the store holds {drawn.events}")
    return found
