"""What is said to be missing at the end of a stream, from the little that is known of it."""

from __future__ import annotations

import pytest

from nacre.ingest.ending import shortened, uncopied
from nacre.model.coverage import GapCause


@pytest.mark.parametrize(
    ("end", "seen_bytes", "exact_end", "expected"),
    [
        (100, 100, None, [(100, 0)]),  # nothing is known to be missing, and nobody can know that nothing is
        (100, 140, None, [(100, 40)]),
        (100, 90, None, [(100, 0)]),
        (100, 140, 100, []),  # the writer stood where reading stopped
        (100, 100, 170, [(100, 70)]),
        (100, 100, 60, []),
    ],
)
def test_shortened(end: int, seen_bytes: int, exact_end: int | None, expected: list[tuple[int, int]]) -> None:
    """A hole says exactly what was not read; without one there is a gap of what was seen to be there, at least."""
    gaps = shortened(end, seen_bytes, exact_end)

    assert expected == [(gap.offset, gap.missing_bytes) for gap in gaps]
    assert {GapCause.SHORTENED} >= {gap.cause for gap in gaps}


@pytest.mark.parametrize(("end", "expected_end", "expected"), [(50, 0, []), (50, 50, []), (50, 80, [(50, 30)])])
def test_uncopied(end: int, expected_end: int, expected: list[tuple[int, int]]) -> None:
    """A copy lacks what was written after it was made, as far as that was seen."""

    assert expected == [(gap.offset, gap.missing_bytes) for gap in uncopied(end, expected_end)]
