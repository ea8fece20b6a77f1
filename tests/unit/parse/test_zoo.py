"""One real line of each of the 134 shapes that 42 public collections hold: every one is stored."""

import base64
import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from nacre.parse.events import decode_strict
from nacre.parse.registry import Dialect, dialect_of
from nacre.parse.tolerant import Tolerant, decode_tolerant

# The shapes that the strict decoder does not take, by an unknown key, with how many there are and why.
SLOW = {
    "algorithms": (1, "cowrie.server.kex, an id of somebody's own patch"),
    "@timestamp": (5, "documents of T-Pot's logstash"),
}


@pytest.fixture(scope="module")
def zoo(corpus: Path) -> list[bytes]:
    """Return the lines of the zoo."""
    shapes = (corpus / "zoo.ndjson").read_text(encoding="utf-8").splitlines()
    return [base64.b64decode(json.loads(shape)["raw_base64"]) for shape in shapes]


def is_strict(line: bytes) -> bool:
    """Tell whether the strict decoder takes a line."""
    try:
        decode_strict(line)
    except msgspec.DecodeError:
        return False
    return True


def test_every_shape_is_stored(zoo: list[bytes]) -> None:
    """No real shape is refused."""
    results = [decode_tolerant(line) for line in zoo]

    assert (len(results), [each for each in results if not isinstance(each, Tolerant)]) == (134, [])


def test_nearly_every_shape_takes_the_fast_path(zoo: list[bytes]) -> None:
    """Only the shapes of the table above take the slow path, and each of them does."""
    slow = [json.loads(line) for line in zoo if not is_strict(line)]
    found = Counter(next(key for key in SLOW if key in event) for event in slow)

    assert found == {key: count for key, (count, _) in SLOW.items()}


def test_only_an_unknown_id_is_drift(zoo: list[bytes]) -> None:
    """No field and no type of a real shape is unknown to the registry; what logstash adds is known."""
    results = [decode_tolerant(line) for line in zoo]
    drift = [each for result in results if isinstance(result, Tolerant) for each in result.drift]

    assert [(each.eventid, each.field, each.type) for each in drift] == [("cowrie.server.kex", "", "string")]


def test_both_paths_give_one_event(zoo: list[bytes]) -> None:
    """What the strict decoder takes is the same event on the slow path, with the line as its payload."""
    lines = [line for line in zoo if is_strict(line)]
    slow = [decode_tolerant(line) for line in lines]
    found = [(each.event, each.payload.encode()) for each in slow if isinstance(each, Tolerant)]

    assert found == [(decode_strict(line), line) for line in lines]


def test_dialects_of_the_zoo(zoo: list[bytes]) -> None:
    """The shapes divide among the dialects as their releases do."""
    results = [(decode_tolerant(line), line) for line in zoo]
    found = Counter(dialect_of(each.event, line) for each, line in results if isinstance(each, Tolerant))

    assert found == {
        Dialect.UNKNOWN: 1,
        Dialect.TWISTED: 20,
        Dialect.COMPACT: 68,
        Dialect.SENSOR_UUID: 25,
        Dialect.IDENTITY_FIRST: 20,
    }
