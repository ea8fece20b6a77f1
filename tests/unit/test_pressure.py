"""Pressure: rates, pauses, breakers and floors keep their bounds whatever the order of calls."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from nacre.pressure import (
    Backoff,
    Breaker,
    BreakerState,
    Bucket,
    Floor,
    Jitter,
    Rate,
    RateKind,
    parse_rate,
    parse_size,
)

rates = st.floats(0.5, 1e6)
amounts = st.floats(0, 1e6)
steps = st.lists(st.floats(-50, 50), max_size=30)


def test_bucket_begins_full() -> None:
    """A burst goes through at once; what is beyond it is waited off at the rate."""
    bucket = Bucket(10, 20)
    bucket.take(20, 100.0)
    before = bucket.wait_seconds(100.0)
    bucket.take(5, 100.0)

    assert (0.0, 0.5) == (before, bucket.wait_seconds(100.0))


def test_bucket_holds_a_second_unless_told() -> None:
    """Without a burst the bucket holds what comes in one second."""

    assert 250 == Bucket(250).level(7.0)


def test_batch_larger_than_the_bucket() -> None:
    """A batch of ten times the burst is taken, and waited off."""
    bucket = Bucket(100, 100)
    bucket.take(1000, 0.0)

    assert [9.0, 4.0, 0.0, 0.0] == [bucket.wait_seconds(now) for now in (0.0, 5.0, 9.0, 50.0)]


@given(rates, st.floats(0, 1e6), st.lists(st.tuples(st.floats(0, 100), amounts), min_size=1, max_size=20))
def test_no_window_takes_more_than_its_share(rate: float, burst: float, script: list[tuple[float, float]]) -> None:
    """Who waits before each take gets, in any window, at most burst + rate * window + one batch."""
    bucket = Bucket(rate, burst)
    now, taken = 0.0, []
    for idle, amount in script:
        now += idle
        now += bucket.wait_seconds(now)
        bucket.take(amount, now)
        taken.append((now, amount))

    for at, (start, _) in enumerate(taken):
        totals = accumulate(amount for _, amount in taken[at:])
        for (end, amount), total in zip(taken[at:], totals, strict=True):
            assert total <= (burst + rate * (end - start) + amount) * (1 + 1e-9) + 1e-6


@given(rates, st.floats(0, 1e6), amounts, st.floats(0, 1e6))
def test_waiting_is_neither_too_short_nor_too_long(rate: float, burst: float, amount: float, now: float) -> None:
    """After the wait no debt is left; before it there is some."""
    bucket = Bucket(rate, burst)
    bucket.take(amount, now)
    wait = bucket.wait_seconds(now)

    assert (amount > burst + 1e-3) <= (wait > 0)
    assert max(0.0, amount - burst) == pytest.approx(wait * rate, abs=1e-9 * rate * (now + 1) + 1e-6)
    assert bucket.wait_seconds(now + wait) <= 1e-9 * (now + wait + 1)


@given(rates, st.floats(0, 1e6), amounts, steps)
def test_steps_of_the_clock_give_and_take_nothing(rate: float, burst: float, amount: float, steps: list[float]) -> None:
    """A clock that goes to and fro and comes back leaves the level that it left at its farthest."""
    bucket, calm = Bucket(rate, burst), Bucket(rate, burst)
    bucket.take(amount, 100.0)
    calm.take(amount, 100.0)
    readings = [100.0 + step for step in steps]
    for reading in readings:
        bucket.wait_seconds(reading)

    assert calm.level(max([100.0, *readings])) == bucket.level(0.0)


def test_wait_reaches_over_a_step_back() -> None:
    """The wait of a clock that stepped back is up to the moment that it must reach again."""
    bucket = Bucket(10, 10)
    bucket.take(30, 100.0)

    assert (2.0, 7.0) == (bucket.wait_seconds(100.0), bucket.wait_seconds(95.0))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Bucket(0, 1),
        lambda: Bucket(float("inf"), 1),
        lambda: Bucket(float("nan"), 1),
        lambda: Bucket(1, -1),
        lambda: Bucket(1, 1).take(-1, 0.0),
        lambda: Bucket(1, 1).take(float("nan"), 0.0),
        lambda: Backoff(first_seconds=0),
        lambda: Backoff(first_seconds=9),
        lambda: Backoff(factor=0.5),
        lambda: Backoff().delay(-1, 0.5),
        lambda: Backoff().delay(0, 1.0),
        lambda: Breaker(0),
        lambda: Breaker(open_seconds=0),
        lambda: Breaker(open_seconds=90),
        lambda: Floor(-1),
    ],
)
def test_numbers_without_meaning(make: Callable[[], object]) -> None:
    """A number that could never work is refused where it is given."""
    with pytest.raises(ValueError, match=r"a bucket|pauses|attempts|chance|a breaker|a floor"):
        make()


def test_ceilings_double() -> None:
    """The ceilings double from 50 ms up to 5 s, and stay there for as long as it takes."""
    backoff = Backoff()
    expected = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]

    assert expected == pytest.approx([backoff.ceiling_seconds(attempt) for attempt in [*range(8), 1000, 10**9]])


@given(st.integers(0, 10**6), st.floats(0, 1, exclude_max=True), st.sampled_from(Jitter))
def test_jitter_keeps_its_bounds(attempt: int, chance: float, jitter: Jitter) -> None:
    """Full jitter is from 0, equal jitter from half of the ceiling; neither exceeds it."""
    backoff = Backoff(jitter=jitter)
    ceiling = backoff.ceiling_seconds(attempt)
    least = 0.0 if jitter is Jitter.FULL else ceiling / 2

    assert least <= backoff.delay(attempt, chance) <= ceiling <= backoff.most_seconds


@pytest.mark.parametrize(("jitter", "expected"), [(Jitter.FULL, [0.0, 0.1]), (Jitter.EQUAL, [0.1, 0.15])])
def test_jitter(jitter: Jitter, expected: list[float]) -> None:
    """Full jitter leaves all of a pause to chance, equal jitter half of it."""
    backoff = Backoff(jitter=jitter)

    assert expected == pytest.approx([backoff.delay(2, 0.0), backoff.delay(2, 0.5)])


def opened(at: float = 0.0) -> Breaker:
    """Return a breaker that has just opened."""
    breaker = Breaker()
    for _ in range(breaker.failures_max):
        breaker.failed(at, "disk full")
    return breaker


def test_breaker_opens_after_failures_in_a_row() -> None:
    """Five failures and a success open nothing; six failures do, and are named."""
    breaker = Breaker()
    for failed in [*[True] * 5, False, *[True] * 5]:
        breaker.failed(1.0, "locked") if failed else breaker.succeeded(1.0)
    before = breaker.state(1.0), breaker.allows(1.0), breaker.since
    breaker.failed(2.0, "disk full")

    assert (BreakerState.CLOSED, True, None) == before
    assert (BreakerState.OPEN, False, 2.0) == (breaker.state(2.0), breaker.allows(2.0), breaker.since)
    assert (6, "disk full") == (breaker.failures, breaker.reason)


def test_one_probe() -> None:
    """After its time an open breaker lets one call through, and only one, until that is answered."""
    breaker = opened()

    assert [False, True, False, False] == [breaker.allows(now) for now in (4.9, 5.0, 5.0, 500.0)]
    assert BreakerState.HALF_OPEN == breaker.state(500.0)


def test_success_of_the_probe_closes() -> None:
    """A probe that succeeds closes the breaker; all calls go through, and it has forgotten its long pauses."""
    breaker = opened()
    breaker.allows(5.0)
    breaker.failed(5.0, "locked")
    breaker.allows(15.0)
    breaker.succeeded(15.1)
    after = breaker.state(15.1), breaker.allows(15.1), breaker.allows(15.1), breaker.reason, breaker.since
    for _ in range(6):
        breaker.failed(20.0, "disk full")

    assert (BreakerState.CLOSED, True, True, "", None) == after
    assert 5.0 == breaker.wait_seconds(20.0)


def test_failing_probes_wait_longer() -> None:
    """Each probe that fails doubles the pause, up to a minute; since stays at the first opening."""
    breaker = opened(3.0)
    now, waits = 3.0, []
    for _ in range(6):
        waits.append(breaker.wait_seconds(now))
        now += waits[-1]
        breaker.allows(now)
        breaker.failed(now, "still full")

    assert [5.0, 10.0, 20.0, 40.0, 60.0, 60.0] == waits
    assert (3.0, "still full") == (breaker.since, breaker.reason)


def test_failure_that_comes_late() -> None:
    """A failure while it is open, of a call let through earlier, does not lengthen the pause."""
    breaker = opened()
    breaker.failed(4.0, "late")

    assert (1.0, "late", True) == (breaker.wait_seconds(4.0), breaker.reason, breaker.allows(5.0))


def test_wait_of_a_breaker() -> None:
    """No wait when closed or when a probe may go; an unanswered probe is no reason to ask in a loop."""
    closed, breaker = Breaker(), opened()
    before = closed.wait_seconds(0.0), breaker.wait_seconds(5.0)
    breaker.allows(5.0)

    assert ((0.0, 0.0), 5.0) == (before, breaker.wait_seconds(5.0))


class BreakerPlay(RuleBasedStateMachine):
    """Any order of calls, with answers that come late, against what a breaker promises."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(3, open_seconds=2, open_seconds_most=7)
        self.now = 0.0
        self.unanswered = 0  # calls that were let through while closed
        self.probes = 0  # calls that were let through while half-open
        self.opened_at: float | None = None

    @rule(seconds=st.sampled_from([0.0, 0.5, 2.0, 4.0, 7.0, 100.0]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def ask(self) -> None:
        state = self.breaker.state(self.now)
        allowed = self.breaker.allows(self.now)
        assert state is not BreakerState.OPEN or not allowed
        assert state is not BreakerState.CLOSED or allowed
        if state is BreakerState.HALF_OPEN:
            self.probes += allowed
        else:
            self.unanswered += allowed

    @precondition(lambda self: self.unanswered or self.probes)
    @rule(succeeds=st.booleans())
    def answer(self, succeeds: bool) -> None:
        if self.probes:
            self.probes -= 1
        else:
            self.unanswered -= 1
        if succeeds:
            self.breaker.succeeded(self.now)
            assert BreakerState.CLOSED is self.breaker.state(self.now)
        else:
            self.breaker.failed(self.now, "no")
            assert self.breaker.reason

    @invariant()
    def at_most_one_probe(self) -> None:
        assert self.probes <= 1

    @invariant()
    def waits_are_bounded(self) -> None:
        wait = self.breaker.wait_seconds(self.now)
        assert 0 <= wait <= 7
        assert (BreakerState.OPEN is self.breaker.state(self.now)) <= (wait > 0)

    @invariant()
    def says_since_when_and_why(self) -> None:
        closed = self.breaker.state(self.now) is BreakerState.CLOSED
        assert closed == (self.breaker.since is None)
        assert closed or self.breaker.reason
        assert closed <= (self.breaker.failures < 3)


TestBreakerPlay = BreakerPlay.TestCase


def test_floor() -> None:
    """Writing pauses below the floor and goes on only at a tenth above it."""
    floor = Floor(1000)
    readings = [5000, 1000, 999, 1000, 1099, 1100, 1000, 0]

    assert [False, False, True, True, True, False, False, True] == [floor.observe(free) for free in readings]
    assert floor.is_paused


@given(st.integers(0, 1 << 50), st.lists(st.integers(0, 1 << 51), max_size=20))
def test_floor_is_never_wrong_outside_its_band(least: int, readings: list[int]) -> None:
    """Below the floor it is always paused, from a tenth above it never; in between it stays as it was."""
    floor = Floor(least)
    before = False
    for free in readings:
        paused = floor.observe(free)
        assert paused == (free < least or (before and free * 10 < least * 11))
        before = paused


def test_no_floor() -> None:
    """A floor of 0 never pauses, not even on a full disk."""

    assert not Floor(0).observe(0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5000", (RateKind.EVENTS, 5000)),
        ("0.5", (RateKind.EVENTS, 0.5)),
        ("1B", (RateKind.BYTES, 1)),
        ("64KB", (RateKind.BYTES, 64_000)),
        ("10MB", (RateKind.BYTES, 10_000_000)),
        ("2GB", (RateKind.BYTES, 2_000_000_000)),
        ("512KiB", (RateKind.BYTES, 524_288)),
        ("1.5MiB", (RateKind.BYTES, 1_572_864)),
        ("1GiB", (RateKind.BYTES, 1_073_741_824)),
    ],
)
def test_rates(text: str, expected: tuple[RateKind, float]) -> None:
    """A plain number is events a second, a number with a unit bytes a second."""

    assert Rate(*expected) == parse_rate(text)


NOT_QUANTITIES = ["", "MB", "-5", "+5", "5 MB", " 5", "5\n", "5mb", "5kB", "5MB/s", "5ev", "1e3", "1_000", "5.", ".5"]
NOT_QUANTITIES += ["٥", "inf", "nan", "5TB", "5B5", "9" * 16, "1.0000000001"]


@pytest.mark.parametrize("text", [*NOT_QUANTITIES, "0", "0.0", "0MB"])
def test_what_is_no_rate(text: str) -> None:
    """Anything else is refused with the right forms; a rate of 0 is one that never goes on."""
    with pytest.raises(ValueError, match="as 5000, bytes a second as 10MB or 512KiB") as caught:
        parse_rate(text)

    assert str(caught.value).startswith(repr(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("4096", 4096), ("4096B", 4096), ("500MB", 500_000_000), ("1.5GiB", 1_610_612_736), ("1.9", 1)],
)
def test_sizes(text: str, expected: int) -> None:
    """A plain number is bytes; a part of a byte is dropped."""

    assert expected == parse_size(text)


@pytest.mark.parametrize("text", NOT_QUANTITIES)
def test_what_is_no_size(text: str) -> None:
    """Anything else is refused with the right forms."""
    with pytest.raises(ValueError, match=r"as 500000000, or as 500MB or 1\.5GiB") as caught:
        parse_size(text)

    assert str(caught.value).startswith(repr(text))


@given(st.integers(0, 10**15 - 1), st.sampled_from(["", "B", "KB", "MB", "GB", "KiB", "MiB", "GiB"]))
def test_sizes_are_exact(number: int, unit: str) -> None:
    """A whole number of a unit is exactly that, at any size."""
    factor = {"": 1, "B": 1}.get(unit) or (1024 if "i" in unit else 1000) ** ("KMG".index(unit[0]) + 1)

    assert number * factor == parse_size(f"{number}{unit}")
