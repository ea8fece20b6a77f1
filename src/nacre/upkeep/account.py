"""The account: every line that was read is stored, duplicate, rejected or blank, and no byte was skipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from nacre.store.contract import Reader


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    skipped_bytes: int  # from 0 on, left out because an operator asked to begin at the end
    missing_bytes: int  # known to be missing for other causes, as far as that can be estimated
    gaps: int  # how many places these are
    fingerprint: bytes  # of the first `head_bytes` bytes
    head_bytes: int

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
    for source, path, compression, state, checkpoint, *numbers in reader.rows("account_sources"):
        lines, stored, duplicate, rejected, blank, *rest = numbers
        yield SourceAccount(
            source, path, compression, state, checkpoint, Tally(lines, stored, duplicate, rejected, blank), *rest
        )


def as_json(drawn: Account) -> dict[str, Any]:
    """Return the account as it is printed with --json."""
    return {
        "balanced": drawn.balanced,
        "totals": {
            **asdict(drawn.totals),
            "events": drawn.events,
            "skipped_bytes": sum(one.skipped_bytes for one in drawn.sources),
            "missing_bytes": sum(one.missing_bytes for one in drawn.sources),
            "gaps": sum(one.gaps for one in drawn.sources),
        },
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
        "skipped_bytes": one.skipped_bytes,
        "missing_bytes": one.missing_bytes,
        "gaps": one.gaps,
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
