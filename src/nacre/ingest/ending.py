"""How reading a source came to its end: the state it is left in, and what is known to be missing."""

from __future__ import annotations

from nacre.ingest.wire import End
from nacre.model.coverage import Gap, GapCause
from nacre.sources import Damage


def end_of(position: int, held_bytes: int, damage: Damage | None) -> End:
    """Return how a source ended whose lines were understood up to `position`."""
    if damage is None:
        return End(position, held_bytes)
    return End(position, held_bytes, damage.kind.value, damage.detail, damage.loses_content)


def ending(end: End) -> tuple[str, str, list[Gap]]:
    """Say in what state a source was left: state, detail and gaps."""
    if end.lost:
        cause = GapCause.TRUNCATED if end.damage == "truncated" else GapCause.CORRUPT
        return "damaged", end.detail, [Gap(end.position + end.held_bytes, 0, cause, end.detail)]
    if end.held_bytes:
        return "open", f"{end.held_bytes} bytes of a last line without its end", []
    return "complete", end.detail, []


def shortened(end: int, seen_bytes: int, exact_end: int | None) -> list[Gap]:
    """Return the gap of a stream whose file was truncated or overwritten in place, of which `end` bytes were read.

    `seen_bytes` is the greatest size it was seen to have, a lower bound; `exact_end` is where the writer stood, known
    only when it left a hole.
    """
    if exact_end is not None:
        if exact_end <= end:
            return []
        detail = f"truncated in place under a writer that keeps its offset: bytes {end} to {exact_end} were not read"
        return [Gap(end, exact_end - end, GapCause.SHORTENED, detail)]
    missing = max(0, seen_bytes - end)
    least = f"at least {missing} bytes" if missing else "what was written between the last look and then"
    return [
        Gap(end, missing, GapCause.SHORTENED, f"truncated or overwritten in place: {least} cannot be read any more")
    ]


def vanished(offset: int) -> Gap:
    """Return the gap of a file that was followed to `offset` and is not there any more."""
    return Gap(offset, 0, GapCause.VANISHED, "the file is gone, and what was added to it after that byte with it")


def uncopied(end: int, expected_end: int) -> list[Gap]:
    """Return the gap between the end of a copy and where the stream stood when its file was truncated in place."""
    if expected_end <= end:
        return []
    detail = f"{expected_end - end} bytes were written after the copy was made and before the truncation"
    return [Gap(end, expected_end - end, GapCause.SHORTENED, detail)]
