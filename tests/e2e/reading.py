"""An independent reading of what Cowrie wrote, to hold a store against: nothing of nacre is used."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.oracle.lines import Line, lines_of


@dataclass(frozen=True, slots=True)
class Reading:
    """All that stands in the logs of one campaign."""

    days: tuple[tuple[Line, ...], ...]  # by file, oldest first

    @property
    def lines(self) -> list[Line]:
        """Every line, in the order of writing."""
        return [line for day in self.days for line in day]

    @property
    def events(self) -> list[bytes]:
        """The bytes of every event."""
        return [line.content for line in self.lines if line.event]

    @property
    def torn(self) -> list[bytes]:
        """The bytes of everything else."""
        return [line.content for line in self.lines if not line.event and not line.is_blank]

    @property
    def eventids(self) -> Counter[str]:
        """How often each kind of event was written."""
        return Counter(line.event.eventid for line in self.lines if line.event)

    def sessions(self, day: int) -> set[str]:
        """Return the sessions that stand in one file."""
        return {str(line.event.fields["session"]) for line in self.days[day] if line.event}

    def values(self, field: str) -> set[object]:
        """Return all values of a field."""
        return {line.event.fields.get(field) for line in self.lines if line.event}


def read_logs(folder: Path) -> Reading:
    """Read cowrie.json and its rotations, oldest first: the dates in their names sort, the live file comes last."""
    rotated = sorted(folder.glob("cowrie.json.*"))
    contents = [path.read_bytes() for path in (*rotated, folder / "cowrie.json")]
    return Reading(tuple(tuple(lines_of(content)) for content in contents if content))
