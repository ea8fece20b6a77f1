"""Timestamps to microseconds UTC: every form that was seen, and every form that must not pass."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacre.parse.timestamps import event_time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOON = 1_600_000_000_000_000  # 2020-09-13T12:26:40Z

moments = st.datetimes(
    min_value=datetime(1970, 1, 3),  # noqa: DTZ001 - hypothesis wants naive bounds, and adds the zone itself
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda m: timezone(timedelta(minutes=m))),
)


def zone_of(moment: datetime, colon: str) -> str:
    """Return the zone of a moment as +HHMM with something between."""
    text = moment.strftime("%z")
    return f"{text[:3]}{colon}{text[3:5]}"


@settings(deadline=None)
@given(moment=moments, separator=st.sampled_from("T "), colon=st.sampled_from(("", ":")))
def test_any_moment_reads_as_datetime_has_it(moment: datetime, separator: str, colon: str) -> None:
    """A timestamp with a numeric zone is the moment that datetime makes of it."""
    text = moment.strftime(f"%Y-%m-%d{separator}%H:%M:%S.%f").zfill(26) + zone_of(moment, colon)

    assert event_time(text) == (moment - EPOCH) // timedelta(microseconds=1)


@settings(deadline=None)
@given(moment=moments)
def test_the_form_with_z_is_the_same_moment_first_and_again(moment: datetime) -> None:
    """Cowrie's own form gives the moment, whether its minute was seen before or not."""
    utc = moment.astimezone(UTC)
    text = utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)
    expected = (utc - EPOCH) // timedelta(microseconds=1)

    assert (event_time(text), event_time(text)) == (expected, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-09-13T12:26:40Z", NOON),
        ("2020-09-13T12:26:40z", NOON),
        ("2020-09-13t12:26:40Z", NOON),
        ("2020-09-13T12:26:40.1Z", NOON + 100_000),
        ("2020-09-13T12:26:40.123456789Z", NOON + 123_456),
        ("2020-09-13T14:26:40+02", NOON),
        ("2020-09-13T07:26:40-05", NOON),
        ("2020-09-13T17:56:40.000000+0530", NOON),
        ("2020-09-13T12:26:40-00:00", NOON),
        (" 2020-09-13 12:26:40Z\r\n", NOON),
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ],
)
def test_forms_that_are_read(text: str, expected: int) -> None:
    """Each form that Cowrie, its plugins or a person wrote is read."""
    assert event_time(text) == expected


@pytest.mark.parametrize("text", ["2016-12-31T23:59:60.500000Z", "2016-12-31T23:59:60.5Z"])
def test_a_leap_second_is_the_second_after_it(text: str) -> None:
    """The 61st second of a minute counts as the first of the next one, in both ways of reading."""
    event_time("2016-12-31T23:59:00.000000Z")

    assert event_time(text) == event_time("2017-01-01T00:00:00.5Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2020-09-13",
        "2020-09-13T12:26:40",
        "2020-09-13T12:26:40.123456",
        "2020-09-13T12:26:40.Z",
        "2020-09-13T12:26:40.1234567890Z",
        "2020-09-13T12:26:61.000000Z",
        "2020-09-13T24:00:00.000000Z",
        "2020-02-30T12:26:40.000000Z",
        "2020-13-01T12:26:40.000000Z",
        "2020-09-13T12:26:40+24:00",
        "2020-09-13T12:26:40+02:60",
        "2020-09-13T12:26:40+2",
        "2020-09-13T12:26: 4.000000Z",
        "2020-09-13T12:26:40.1_0000Z",
        "2020-09-13T12:26:4٠.000000Z",
        "2020-09-13T12:26:40.00000²Z",
        "2020-09-13T12:26:40.000000ZZ",
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T00:59:59+01:00",
        "9999-12-31T23:59:60.000000Z",
        "9999-12-31T23:59:59-00:01",
        "0001-01-01T00:00:00+23:59",
        "12020-09-13T12:26:40Z",
    ],
)
def test_forms_that_are_not_read(text: str) -> None:
    """A text without a zone, out of range or out of shape gives no time, also when its minute is known."""
    event_time("2020-09-13T12:26:40.000000Z")
    event_time("9999-12-31T23:59:00.000000Z")

    assert event_time(text) is None


def test_epoch_stands_in_for_an_unusable_text() -> None:
    """The epoch in milliseconds is the time when the timestamp cannot be read."""
    assert event_time("yesterday", NOON // 1000) == NOON


@pytest.mark.parametrize("epoch", [-1, 10**15, 10**400])
def test_an_epoch_out_of_range_does_not_count(epoch: int) -> None:
    """An epoch before 1970 or after 9999 neither replaces nor corrects a timestamp."""
    assert [event_time("yesterday", epoch), event_time("2020-09-13T12:26:40Z", epoch)] == [None, NOON]


@pytest.mark.parametrize("quarters", [-48, -22, -1, 1, 8, 23, 56])
def test_local_time_written_as_utc_is_put_right(quarters: int) -> None:
    """A timestamp that is whole quarter hours off the epoch loses them and keeps its microseconds."""
    written = EPOCH + timedelta(microseconds=NOON + 123_456 + quarters * 900_000_000)
    text = written.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    assert event_time(text, NOON // 1000 + 123) == NOON + 123_456


@pytest.mark.parametrize("seconds", [0, 1, -1, 60, 450, 898, 902, 57 * 900, -49 * 900, 86_400 * 30])
def test_other_differences_from_the_epoch_leave_the_timestamp_alone(seconds: int) -> None:
    """A difference that is no zone's, or none at all, is not taken off."""
    text = (EPOCH + timedelta(microseconds=NOON, seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    assert event_time(text, NOON // 1000) == NOON + seconds * 1_000_000


def test_the_memory_for_minutes_is_bounded() -> None:
    """However many minutes come by, few are remembered."""
    from nacre.parse import timestamps

    for minute in range(10_000):
        event_time((EPOCH + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:00.000000Z"))

    assert len(timestamps._minutes) <= timestamps._MINUTES_MAX
