"""The slow path: what it keeps of a line that is odd, and what it says about it."""

import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from nacre.model.reject import Reason
from nacre.parse.document import DEPTH_MAX
from nacre.parse.events import EVENTS, UnknownEvent, decode_strict
from nacre.parse.tolerant import DRIFT_MAX, Refused, Tolerant, decode_tolerant

HEAD = '{"eventid":"cowrie.session.connect","timestamp":"2020-09-13T12:26:40.000000Z"'
NOON = 1_600_000_000_000_000


def connect(members: str = "") -> bytes:
    """Return the line of a session.connect with more members, as JSON text."""
    return f"{HEAD}{',' if members else ''}{members}}}".encode()


def stored(line: bytes) -> Tolerant:
    """Return what the slow path makes of a line that it must take."""
    result = decode_tolerant(line)
    assert isinstance(result, Tolerant), result
    return result


def refused(line: bytes) -> Refused:
    """Return what the slow path makes of a line that it must refuse."""
    result = decode_tolerant(line)
    assert isinstance(result, Refused), result
    return result


def sightings(result: Tolerant) -> list[tuple[str, str]]:
    """Return the drift as field and type."""
    return [(each.field, each.type) for each in result.drift]


def test_an_ordinary_line_stays_as_it_is() -> None:
    """A line with nothing odd about it is exact, without drift, and has its time."""
    line = connect('"session":"0123456789ab","src_port":1')
    result = stored(line)

    assert (result.event, result.ts, result.payload, result.exact, result.drift, result.escaped) == (
        decode_strict(line),
        NOON,
        line.decode(),
        True,
        (),
        False,
    )


@pytest.mark.parametrize("ending", [b"\r", b" ", b"\t\r\n"])
def test_json_white_space_around_an_event_is_kept(ending: bytes) -> None:
    """CRLF and spaces are legal around JSON, so the payload is the line itself."""
    result = stored(b" " + connect() + ending)

    assert (result.payload.encode(), result.exact) == (b" " + connect() + ending, True)


@pytest.mark.parametrize("line", [b"\xef\xbb\xbf" + connect(), connect() + b"\x0b", b"\f" + connect()])
def test_what_is_no_json_around_an_event_is_not_in_the_payload(line: bytes) -> None:
    """A byte order mark or a form feed is tolerated, and the payload is the JSON text alone."""
    result = stored(line)

    assert (result.payload.encode(), result.exact, result.escaped) == (connect(), False, False)


def test_bytes_that_are_not_utf8_are_escaped() -> None:
    """Invalid UTF-8 is stored as reversible text, without drift."""
    result = stored(connect('"src_ip":"?\\\\"').replace(b"?", b"\xff\xfe"))

    assert (json.loads(result.payload)["src_ip"], result.event.src_ip, result.escaped, result.drift) == (
        "\\xff\\xfe\\\\",
        "\\xff\\xfe\\\\",
        True,
        (),
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("a\\u0000b", "a\\x00b"), ("a\\ud800b", "a\\ud800b"), ("\\udfff\\ud800", "\\udfff\\ud800")],
)
def test_nul_and_lone_surrogates_are_escaped(text: str, escaped: str) -> None:
    """What no store can hold becomes reversible text, without drift."""
    result = stored(connect(f'"src_ip":"{text}"'))

    assert (json.loads(result.payload)["src_ip"], result.event.src_ip, result.exact, result.drift) == (
        escaped,
        escaped,
        False,
        (),
    )


@pytest.mark.parametrize("text", ["\\\\u0000", "\\ud83d\\ude00", "\\u0001"])
def test_what_only_looks_hostile_stays_as_it_is(text: str) -> None:
    """An escaped backslash, a surrogate pair and other control characters need no escape of ours."""
    line = connect(f'"src_ip":"{text}"')

    assert (stored(line).payload.encode(), stored(line).exact) == (line, True)


def test_a_hostile_key_is_escaped_too() -> None:
    """A NUL in the name of a field is escaped in the payload and in the drift."""
    result = stored(connect('"a\\u0000":1'))

    assert (json.loads(result.payload)["a\\x00"], sightings(result)) == (1, [("a\\x00", "integer")])


@pytest.mark.parametrize(
    ("number", "text"), [("NaN", "nan"), ("Infinity", "inf"), ("-Infinity", "-inf"), ("1e999", "inf")]
)
@pytest.mark.parametrize("field", ["src_port", "src_ip", "new"])
def test_what_is_no_number_becomes_text(number: str, text: str, field: str) -> None:
    """NaN and infinity are text in the payload, drift, and never in the event, whatever the field's type."""
    result = stored(connect(f'"{field}":{number}'))

    assert (json.loads(result.payload)[field], sightings(result), getattr(result.event, field, UNSET)) == (
        text,
        [(field, "nan")],
        UNSET,
    )


def test_of_a_key_that_is_written_twice_the_last_value_counts() -> None:
    """The payload has the key once, so that every store reads what the event says."""
    result = stored(connect('"session":"a","session":"b"'))

    assert (result.payload.encode(), result.event.session, sightings(result), result.exact) == (
        connect('"session":"b"'),
        "b",
        [("session", "duplicate")],
        False,
    )


def test_a_key_that_is_written_twice_inside_a_value_is_seen() -> None:
    """Repetition is found at any depth."""
    result = stored(connect('"new":{"a":[{"b":1,"b":2}]}'))

    assert (json.loads(result.payload)["new"], sightings(result)) == (
        {"a": [{"b": 2}]},
        [("new", "object"), ("b", "duplicate")],
    )


@pytest.mark.parametrize("field", ["src_port", "new"])
@pytest.mark.parametrize("digits", ["9223372036854775808", "-9223372036854775809", "1" + "0" * 400, "9" * 5000])
def test_integers_beyond_64_bits_stay_in_the_payload(field: str, digits: str) -> None:
    """A large integer is drift; the line stays as it is, and the event's field is UNSET."""
    line = connect(f'"{field}":{digits}')
    result = stored(line)

    assert (result.payload.encode(), result.exact, sightings(result), result.event.src_port) == (
        line,
        True,
        [(field, "bigint")],
        UNSET,
    )


@pytest.mark.parametrize("digits", ["9" * 400, "9" * 5000])
def test_integers_beyond_64_bits_survive_a_rewrite(digits: str) -> None:
    """Where the payload is written anew for another reason, no digit is lost."""
    result = stored(connect(f'"new":{digits},"src_ip":"\\u0000"'))

    assert (digits in result.payload, result.escaped) == (True, True)


@pytest.mark.parametrize(
    "value",
    [
        "[" * 10_000 + "]" * 10_000,
        '{"a":' * 10_000 + '"\\u0000"' + "}" * 10_000,
        "[" * DEPTH_MAX + "]" * DEPTH_MAX,
    ],
    ids=["arrays", "objects", "one too deep"],
)
@pytest.mark.parametrize("field", ["src_ip", "new"])
def test_what_nests_too_deep_is_kept_as_text(value: str, field: str) -> None:
    """A value deeper than the limit is its own JSON text in the payload, drift, and not in the event."""
    result = stored(connect(f'"{field}":{value},"session":"a"'))
    payload = json.loads(result.payload)

    assert (payload[field], payload["session"], sightings(result), result.event.src_ip) == (
        value,
        "a",
        [(field, "deep")],
        UNSET,
    )


def test_what_nests_to_the_limit_is_kept_as_it_is() -> None:
    """The limit itself is still an ordinary value."""
    line = connect(f'"new":{"[" * (DEPTH_MAX - 1)}{"]" * (DEPTH_MAX - 1)}')

    assert (stored(line).exact, sightings(stored(line))) == (True, [("new", "array")])


@pytest.mark.parametrize("field", ["a", "session"])
def test_deep_and_repeated_keys_together(field: str) -> None:
    """Of a deep value and a later one under the same key the later one counts."""
    result = stored(connect(f'"{field}":{"[" * 5000}{"]" * 5000},"{field}":"x"'))

    assert json.loads(result.payload)[field] == "x"


def test_an_unknown_field_is_drift() -> None:
    """A field that the event's struct does not have is seen, with its type and an example."""
    result = stored(connect('"source":"cowrie"'))

    assert [(each.eventid, each.field, each.type, each.example) for each in result.drift] == [
        ("cowrie.session.connect", "source", "string", '"cowrie"')
    ]


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ('"22"', "string"),
        ("2.5", "number"),
        ("22.0", "number"),
        ("true", "boolean"),
        ("null", "null"),
        ("{}", "object"),
        ("[1]", "array"),
    ],
)
def test_a_known_field_of_a_wrong_type_is_drift(value: str, seen: str) -> None:
    """The field is UNSET in the event, its type is seen, and the payload keeps it."""
    line = connect(f'"src_port":{value},"session":"a"')
    result = stored(line)

    assert (result.event.src_port, result.event.session, sightings(result), result.payload.encode()) == (
        UNSET,
        "a",
        [("src_port", seen)],
        line,
    )


def test_the_empty_name_of_a_field_is_not_taken_for_an_unknown_id() -> None:
    """A field named "" is drift under a name of its own."""
    assert sightings(stored(connect('"":1'))) == [('""', "integer")]


def test_an_example_is_short() -> None:
    """However long the value, its example is cut."""
    examples = [len(each.example) for each in stored(connect(f'"a":"{"x" * 5000}","b":{[1] * 5000}')).drift]

    assert examples == [200, 200]


def test_drift_of_one_event_is_bounded() -> None:
    """A line with thousands of unknown names is stored, and not all of them are seen."""
    members = ",".join(f'"n{number}":1' for number in range(5000))

    assert len(stored(connect(members)).drift) == DRIFT_MAX


def test_an_unknown_id_is_an_event() -> None:
    """An id that the registry does not have is kept with the envelope, as one sighting."""
    line = b'{"eventid":"cowrie.new","timestamp":"2020-09-13T12:26:40Z","session":"a","x":1,"y":[2]}'
    result = stored(line)

    assert (result.event, sightings(result), result.payload.encode()) == (
        UnknownEvent(eventid="cowrie.new", timestamp="2020-09-13T12:26:40Z", session="a"),
        [("", "string")],
        line,
    )


def test_a_very_long_unknown_id_is_cut() -> None:
    """An id of a megabyte becomes a short one with a digest; the payload keeps it."""
    line = b'{"eventid":"%s","timestamp":"2020-09-13T12:26:40Z"}' % (b"x" * 1_000_000)
    result = stored(line)

    assert (len(result.event.eventid) < 1200, result.payload.encode()) == (True, line)  # type: ignore[attr-defined]


SINK = (
    '"@timestamp":"2020-09-13T12:26:40.000Z","@version":"1","type":"Cowrie","path":"/data/cowrie.json",'
    '"host":"h","geoip":{"location":{"lat":1.0}},"geoip_ext":{},"t-pot_ip_ext":"192.0.2.1",'
    '"t-pot_ip_int":"192.0.2.2","t-pot_hostname":"pot","dest_ip":"192.0.2.3","dest_port":23'
)


def test_a_document_of_logstash_is_an_event_of_cowrie() -> None:
    """What T-Pot's logstash adds and renames is known: the destination is there, nothing is drift."""
    result = stored(connect(SINK))

    assert (result.event.dst_ip, result.event.dst_port, result.drift, result.exact) == (
        "192.0.2.3",
        23,
        (),
        True,
    )


def test_logstash_does_not_say_what_kind_of_key_it_was() -> None:
    """The sink's `type` is not the type of a public key, while a type of Cowrie's own is."""
    line = connect(SINK).replace(b"session.connect", b"login.failed")
    events = [stored(each).event for each in (line, line.replace(b'"Cowrie"', b'"ssh-rsa"'))]

    assert [getattr(each, "type", None) for each in events] == [UNSET, "ssh-rsa"]


def test_sink_fields_alone_are_drift() -> None:
    """A `host` in a line that no sink wrote is an unknown field like any other."""
    assert sightings(stored(connect('"host":"h"'))) == [("host", "string")]


@pytest.mark.parametrize(
    ("line", "reason", "word"),
    [
        (b"", Reason.NOT_JSON, "empty"),
        (b"  \r", Reason.NOT_JSON, "empty"),
        (b"Connected", Reason.NOT_JSON, "text"),
        (b"{'eventid': 1}", Reason.NOT_JSON, "byte 1"),
        (connect()[:-1], Reason.NOT_JSON, "truncated"),
        (connect()[:40], Reason.NOT_JSON, "truncated"),
        (b'{"a":tr', Reason.NOT_JSON, "truncated"),
        (b'{"a":"\\u00', Reason.NOT_JSON, "truncated"),
        (b'{"a":1,}', Reason.NOT_JSON, "byte"),
        (connect() + connect(), Reason.NOT_JSON, f"follows the JSON value at byte {len(connect())}"),
        (b'{"a":"\x00"}', Reason.NOT_JSON, "NUL bytes from byte 6"),
        (connect().decode().encode("utf-16-le"), Reason.NOT_JSON, "NUL bytes"),
        (connect('"a":"\x01"'), Reason.NOT_JSON, "byte"),
        (b"\xff" + connect(), Reason.NOT_JSON, "text"),
        (b"[" * 10_000, Reason.NOT_JSON, "deep"),
        (connect('"a":' + "[" * 10_000 + "]" * 9_999), Reason.NOT_JSON, "deep"),
        (b"[]", Reason.NOT_OBJECT, "array"),
        (b"[" * 10_000 + b"]" * 10_000, Reason.NOT_OBJECT, "array"),
        (b'"{}"', Reason.NOT_OBJECT, "string"),
        (b"null", Reason.NOT_OBJECT, "null"),
        (b"1", Reason.NOT_OBJECT, "integer"),
        (b"9" * 5000, Reason.NOT_OBJECT, "bigint"),
        (b"{}", Reason.NO_EVENTID, "no event id"),
        (b'{"eventid":""}', Reason.NO_EVENTID, "empty"),
        (b'{"eventid":null}', Reason.NO_EVENTID, "null"),
        (b'{"eventid":' + b"9" * 5000 + b"}", Reason.NO_EVENTID, "bigint"),
        (b'{"eventid":' + b"[" * 5000 + b"]" * 5000 + b"}", Reason.NO_EVENTID, "deep"),
        (b'{"eventid":"cowrie.session.closed"}', Reason.NO_TIMESTAMP, "no timestamp"),
        (b'{"eventid":"cowrie.new"}', Reason.NO_TIMESTAMP, "no timestamp"),
        (b'{"eventid":"a","timestamp":1600000000}', Reason.NO_TIMESTAMP, "integer"),
        (b'{"eventid":"a","timestamp":""}', Reason.NO_TIMESTAMP, "empty"),
        (b'{"eventid":"a","timestamp":"2020-09-13T12:26:40"}', Reason.NO_TIMESTAMP, "not usable"),
        (b'{"eventid":"a","timestamp":"2020-09-13T12:26:40","epoch":"1"}', Reason.NO_TIMESTAMP, "not usable"),
    ],
)
def test_what_is_refused_and_why(line: bytes, reason: Reason, word: str) -> None:
    """Only these lines are no events, and the sentence says what is wrong."""
    result = refused(line)

    assert (result.reason, word in result.detail) == (reason, True), result.detail


@pytest.mark.parametrize("timestamp", ['"timestamp":5,', '"timestamp":"yesterday",', ""])
def test_the_epoch_saves_an_event(timestamp: str) -> None:
    """A line whose timestamp is missing or unusable is stored when it has an epoch."""
    line = f'{{"eventid":"cowrie.session.closed",{timestamp}"epoch":1600000000000}}'.encode()

    assert stored(line).ts == NOON


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
names = st.sampled_from(sorted({name for each in EVENTS.values() for name in each.__struct_fields__}))


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an event of a registered id with any values in fields that some event has."""
    fields = draw(st.dictionaries(names | st.text(max_size=5), values, max_size=8))
    eventid = draw(st.sampled_from(sorted(EVENTS)))
    return {"eventid": eventid, "timestamp": "2020-09-13T12:26:40Z", **fields, "epoch": NOON // 1000}


@settings(deadline=None, max_examples=100)
@given(document=documents(), ascii_only=st.booleans())
def test_both_paths_agree_on_what_the_strict_one_takes(document: dict[str, Any], ascii_only: bool) -> None:
    """What the strict decoder takes is the same event here; what it refuses is stored with drift."""
    document["eventid"] = document["eventid"] if isinstance(document["eventid"], str) else "x"
    line = json.dumps(document, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    result = stored(line)
    try:
        strict = decode_strict(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        assert bool(result.drift or result.escaped) is True
        return

    expected = (strict, (), True) if not result.escaped else (result.event, (), False)
    assert (result.event, result.drift, result.exact) == expected


@settings(deadline=None, max_examples=300)
@given(line=st.binary(max_size=60) | st.text(max_size=40).map(lambda text: connect(f'"src_ip":{text}')))
def test_nothing_is_raised_and_payloads_are_json(line: bytes) -> None:
    """Whatever the bytes, the answer is an event whose payload is storable JSON, or a reason."""
    result = decode_tolerant(line)

    assert isinstance(result, Refused) or isinstance(json.loads(result.payload.encode()), dict)


def test_a_number_that_is_only_large_is_a_number() -> None:
    """The largest float is finite, and the event has it."""
    line = b'{"eventid":"cowrie.session.closed","timestamp":"2020-09-13T12:26:40Z","duration":1.7e308}'

    assert math.isfinite(stored(line).event.duration)  # type: ignore[attr-defined]
