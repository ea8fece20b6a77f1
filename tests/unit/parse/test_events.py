"""The registry of events against what Cowrie documents, and against real lines."""

import gzip
import re
from pathlib import Path

import msgspec
import pytest
from msgspec import UNSET

from nacre.parse.events import EVENTS, Envelope, UnknownEvent, decode_strict

# Diagnostics of the pool of virtual machines: they have no session, so no output plugin ever sees them.
NEVER_WRITTEN = "cowrie.backend_pool."

# In the catalogue's tables of fields: the envelope's own, and what is no name of a field.
_ROW = re.compile(r"^\| (\w+) \| (?!type)", re.MULTILINE)
_CHANGE = re.compile(r"[+−](\w+)")


@pytest.fixture(scope="module")
def catalogue(corpus: Path) -> str:
    """Return the catalogue of Cowrie's events, as Markdown."""
    return (corpus / "events.md").read_text(encoding="utf-8")


def sections(catalogue: str) -> dict[str, str]:
    """Return the catalogue's text for each current event id."""
    _, *parts = re.split(r"^### (cowrie\.\S+)$", catalogue, flags=re.MULTILINE)
    return {eventid: text.split("\n## ")[0] for eventid, text in zip(parts[::2], parts[1::2], strict=True)}


def test_every_current_id_is_registered(catalogue: str) -> None:
    """Each of the 48 ids that Cowrie emits has a struct."""
    current = sections(catalogue)

    assert (len(current), sorted(set(current) - set(EVENTS))) == (48, [])


def test_every_older_id_is_registered(catalogue: str) -> None:
    """Each id that Cowrie once wrote into its log has a struct, and names the id of today."""
    rows = re.findall(r"^\| ((?:COW|KIPP)\d{4}|cowrie\.\S+) \|.*?(?:= (cowrie\.[\w.-]*\w).*)?\|$", catalogue, re.M)
    older = {eventid: today or eventid for eventid, today in rows if not eventid.startswith(NEVER_WRITTEN)}

    assert {each: EVENTS[each].EVENTID for each in older} == older


def test_every_field_of_the_catalogue_is_registered(catalogue: str) -> None:
    """Each field that an event has or had, by the catalogue, is a field of its struct."""
    missing = [
        (eventid, name)
        for eventid, text in sections(catalogue).items()
        for name in [*_ROW.findall(text), *_CHANGE.findall("".join(re.findall("field changes: .*", text)))]
        if name not in EVENTS[eventid].__struct_fields__
    ]

    assert missing == []


@pytest.mark.parametrize("eventid", sorted(EVENTS))
def test_a_bare_event_of_each_id_decodes(eventid: str) -> None:
    """Every field may be absent: the id alone selects the struct."""
    event = decode_strict(b'{"eventid":"%s"}' % eventid.encode())

    assert (type(event), event.timestamp) == (EVENTS[eventid], UNSET)


@pytest.mark.parametrize("struct", [*EVENTS.values(), UnknownEvent], ids=lambda struct: struct.__name__)
def test_each_struct_says_what_the_event_means(struct: type[Envelope]) -> None:
    """The struct is the documentation, so none goes without words of its own."""
    assert (struct.__doc__ or "") not in ("", Envelope.__doc__)


@pytest.mark.parametrize("struct", [*EVENTS.values(), UnknownEvent], ids=lambda struct: struct.__name__)
def test_each_field_has_a_comment(struct: type[Envelope]) -> None:
    """Every field has its meaning on its own line."""
    import inspect

    source = inspect.getsource(struct)
    bare = [line for line in source.splitlines() if re.match(r"    \w+: .* = UNSET", line) and "  # " not in line]

    assert bare == []


@pytest.mark.parametrize(
    "line",
    [
        b'{"eventid":"cowrie.new"}',
        b'{"eventid":"cowrie.session.closed","new":1}',
        b'{"eventid":"cowrie.session.closed","src_port":"1"}',
        b'{"eventid":"cowrie.session.closed","src_port":9223372036854775808}',
        b'{"eventid":"cowrie.session.closed","message":null}',
        b'{"eventid":"cowrie.session.closed","duration":NaN}',
        b'{"eventid":"cowrie.virustotal.scanfile","scans":{"a":{"b":{"c":{}}}}}',
        b'{"eventid":"cowrie.session.closed"',
        b'{"eventid":5}',
        b"{}",
        b"[]",
    ],
)
def test_the_strict_decoder_is_strict(line: bytes) -> None:
    """What the registry does not know raises, so that the slow path can look at it."""
    with pytest.raises(msgspec.DecodeError):
        decode_strict(line)


@pytest.mark.parametrize(
    ("value", "expected"), [(b"1.5", 1.5), (b"2", 2.0), (b'"22.0"', "22.0")], ids=["float", "int", "text"]
)
def test_a_duration_has_three_forms(value: bytes, expected: float | str) -> None:
    """Seconds were a number, then text; both are taken as they are."""
    event = decode_strict(b'{"eventid":"cowrie.session.closed","duration":%s}' % value)

    assert getattr(event, "duration") == expected  # noqa: B009 - mypy knows that not every event has one


def test_examples_of_the_current_release_are_known(corpus: Path) -> None:
    """A line of each event and variant of Cowrie 3.1.4 decodes strictly."""
    lines = (corpus / "examples-3.1.4.ndjson").read_bytes().splitlines()

    assert len([decode_strict(line) for line in lines]) == len(lines)


@pytest.mark.parametrize("release", ["3.1.4", "2.9.0"])
def test_a_whole_run_of_a_real_cowrie_is_known(corpus: Path, release: str) -> None:
    """Every line of an attacked Cowrie decodes strictly: today's, and the release before the new envelope."""
    lines = gzip.decompress((corpus / "live" / release / "cowrie.json.gz").read_bytes()).splitlines()

    assert len([decode_strict(line) for line in lines]) == len(lines)
