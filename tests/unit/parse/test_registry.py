"""Dialects, schemas and fingerprints."""

import json
import subprocess
import sys

import pytest

from nacre.parse.events import EVENTS
from nacre.parse.registry import DRAFT, Dialect, dialect_of, fingerprint, known, schema, schemas
from nacre.parse.tolerant import Tolerant, decode_tolerant

TIME = '"timestamp":"2020-09-13T12:26:40Z"'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f'{{"eventid":"cowrie.new",{TIME}}}', Dialect.UNKNOWN),
        (f'{{"session":"a","eventid":"cowrie.new",{TIME}}}', Dialect.UNKNOWN),
        (f'{{"eventid":"KIPP0001",{TIME},"system":"s"}}', Dialect.KIPP),
        (f'{{"session":"a","eventid":"COW0017",{TIME}}}', Dialect.COW),
        (f'{{"eventid": "cowrie.session.closed", {TIME}, "system": "s"}}', Dialect.TWISTED),
        (f'{{"eventid": "cowrie.session.closed", {TIME}, "isError": 0}}', Dialect.TWISTED),
        (f'{{"eventid":"cowrie.session.closed",{TIME}}}', Dialect.COMPACT),
        (f'{{"eventid":"cowrie.session.closed","uuid":"u",{TIME}}}', Dialect.SENSOR_UUID),
        (f'{{"session":"a","eventid":"cowrie.session.closed","uuid":"u",{TIME}}}', Dialect.IDENTITY_FIRST),
        (
            f'{{\n  "session": "a", "eventid":"cowrie.session.closed","uuid":"u",{TIME}}}',
            Dialect.IDENTITY_FIRST,
        ),
        (
            f'\ufeff{{"session":"a","eventid":"cowrie.session.closed","uuid":"u",{TIME}}}',
            Dialect.IDENTITY_FIRST,
        ),
    ],
)
def test_the_dialect_of_a_line(line: str, expected: Dialect) -> None:
    """Fields and the beginning of the line tell which releases write it so."""
    result = decode_tolerant(line.encode())
    assert isinstance(result, Tolerant)

    assert dialect_of(result.event, line.encode()) == expected


def test_a_dialect_is_a_plain_number() -> None:
    """What goes into columns is an int, not a member of an enumeration."""
    result = decode_tolerant(f'{{"session":"a","eventid":"cowrie.session.closed",{TIME}}}'.encode())
    assert isinstance(result, Tolerant)

    assert type(dialect_of(result.event, b'{"session"')) is int


def test_known_ids_are_those_of_the_registry() -> None:
    """An id is known when it has a struct; a local patch's is not."""
    assert [known(each) for each in ("cowrie.session.connect", "COW0001", "cowrie.server.kex", "")] == [
        True,
        True,
        False,
        False,
    ]


def test_there_is_a_schema_for_each_id() -> None:
    """Every id has a schema that names the draft, the id and no reference that leads nowhere."""
    found = dict(schemas())
    dangling = [eventid for eventid, each in found.items() if '"$ref"' in json.dumps(each) and "$defs" not in each]

    assert (list(found), {each["$schema"] for each in found.values()}, dangling) == (
        sorted(EVENTS),
        {DRAFT},
        [],
    )


def test_a_schema_says_what_the_struct_takes() -> None:
    """The schema has the id as the tag's only value, the types of the fields, and no room for others."""
    found = schema("cowrie.session.closed")
    properties = found["properties"]

    assert (properties["eventid"], properties["duration"], found["additionalProperties"]) == (
        {"enum": ["cowrie.session.closed"]},
        {"anyOf": [{"type": "number"}, {"type": "string"}]},
        False,
    )


def test_fingerprints_tell_the_ids_apart() -> None:
    """No two ids have one fingerprint, for the id is part of the schema."""
    assert len({fingerprint(eventid) for eventid in EVENTS}) == len(EVENTS)


def test_fingerprints_are_the_same_in_another_process() -> None:
    """A fingerprint does not depend on the hash seed or on the order of imports."""
    code = (
        "from nacre.parse.registry import fingerprint; from nacre.parse.events import EVENTS; "
        "print(b''.join(map(fingerprint, sorted(EVENTS))).hex())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == b"".join(map(fingerprint, sorted(EVENTS))).hex()


def test_parsing_loads_no_heavy_module() -> None:
    """The registry and the slow path need msgspec, blake3 and small parts of the standard library."""
    code = (
        "import nacre.parse.tolerant, nacre.parse.registry, nacre.parse.shape, sys; "
        "heavy = {'sqlalchemy', 'sqlite3', 'asyncio', 'click', 'rich', 'socket'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
