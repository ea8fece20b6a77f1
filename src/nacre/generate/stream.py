"""The log: many visits at once, their events in order of time, in memory that does not grow with the log."""

from __future__ import annotations

import heapq
import uuid
from collections.abc import Iterator

from nacre.generate import words
from nacre.generate.dialects import Session, adapt, line
from nacre.generate.dice import Dice
from nacre.generate.plan import COW, EVENTS_DEFAULT, TWISTED, Plan
from nacre.generate.visits import Act, Visitor, visit

LINE_BYTES = 400  # about; how a size is spread over the days
DAY_US = 86_400_000_000
AT_ONCE_MAX = 500  # sessions; where more would overlap, they pass faster
VISIT_US_MAX = 120_000_000  # about the longest visit
SOURCES = 3000
SOURCES_6 = 150
TELNET_SHARE = 0.25
SESSION_STEP = 0x9E37_79B9_7F4B  # odd, so that its multiples meet every id once before they repeat
SESSION_START = 0x5851_F42D_4C95
DST_PORTS = {"ssh": 2222, "telnet": 2223}

# When, which session (a tie falls to the older one), its acts left, newest last.
Entry = tuple[int, int, Session, list[Act]]


def lines(plan: Plan) -> Iterator[bytes]:
    """Yield the log's lines, each with its newline, in order of time.

    At most AT_ONCE_MAX sessions are held at once, whatever the size of the log.
    """
    dice = Dice(plan.seed)
    events_left = plan.events if plan.events is not None else EVENTS_DEFAULT if plan.bytes is None else None
    bytes_left = plan.bytes
    expected = min(each for each in (events_left, bytes_left and max(1, bytes_left // LINE_BYTES)) if each is not None)
    step_us = plan.days * DAY_US / expected  # from one event to the next, on average over all sessions
    arrival_us = float(plan.start_us)
    running: list[Entry] = []
    number = 0
    when_us = plan.start_us
    while True:
        while not running or (arrival_us <= running[0][0] and len(running) < AT_ONCE_MAX):
            session, acts = _arrive(plan, dice, number)
            # As long as a visit may last for AT_ONCE_MAX of them to overlap, and half of it, since arrivals vary.
            pace = min(1.0, AT_ONCE_MAX * step_us * len(acts) / 2 / VISIT_US_MAX)
            acts = [act._replace(after_us=int(act.after_us * pace)) for act in _closed(acts, pace)]
            arrival_us = max(arrival_us, float(when_us))  # it may have had to wait for room
            heapq.heappush(running, (int(arrival_us), number, session, acts[::-1]))
            arrival_us += dice.between(0.5, 1.5) * step_us * len(acts)
            number += 1
        when_us, order, session, acts = heapq.heappop(running)
        found = line(acts.pop(), session, when_us, plan.dialect)
        yield found
        if acts:
            heapq.heappush(running, (when_us + acts[-1].after_us, order, session, acts))
        if events_left is not None:
            events_left -= 1
            if events_left <= 0:
                return
        if bytes_left is not None:
            bytes_left -= len(found)
            if bytes_left <= 0:
                return


def _arrive(plan: Plan, dice: Dice, number: int) -> tuple[Session, list[Act]]:
    """Return the next session and all that happens in it, from connect to close."""
    protocol = "telnet" if plan.dialect >= TWISTED and dice.chance(TELNET_SHARE) else "ssh"
    visitor = Visitor(dice, plan.hostile, protocol, f"{dice.pick(words.NETWORKS)}{dice.below(8) + 60}")
    source = _source(dice)
    sensor = dice.below(plan.sensors)
    digits = 8 if plan.dialect <= COW else 12
    session = Session(
        id=f"{(number * SESSION_STEP ^ SESSION_START) + plan.seed & 16**digits - 1:0{digits}x}",
        number=number,
        protocol=protocol,
        src_ip=source,
        src_port=1024 + dice.below(64_512),
        dst_ip=words.SENSOR_ADDRESS_6 if ":" in source else words.SENSOR_ADDRESS,
        dst_port=DST_PORTS[protocol],
        sensor=f"sensor-{sensor + 1:02d}",
        uuid=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{plan.seed}/{sensor}")),
    )
    where = f"{session.src_ip}:{session.src_port} ({session.dst_ip}:{session.dst_port}) [session: {session.id}]"
    connect = Act(0, "session.connect", {}, f"New connection: {where}")
    acts = [
        connect,
        *adapt(visit(visitor), plan.dialect),
        Act(visitor.after(5), "session.closed", {}, "Connection lost"),
    ]
    return session, acts


def _source(dice: Dice) -> str:
    """Draw an address: some come far more often."""
    if dice.chance(0.05):
        return f"2001:db8::{dice.ranked(range(SOURCES_6)) + 1:x}"
    rank = dice.ranked(range(SOURCES)) % (250 * len(words.NETWORKS))
    return f"{words.NETWORKS[rank % len(words.NETWORKS)]}{rank // len(words.NETWORKS) + 1}"


def _closed(acts: list[Act], pace: float) -> list[Act]:
    """Return the acts with the durations that they have at this pace."""
    elapsed_us = sum(int(act.after_us * pace) for act in acts)
    paced = [
        act._replace(fields={**act.fields, "duration_us": int(act.fields["duration_us"] * pace)})
        if "duration_us" in act.fields
        else act
        for act in acts
    ]
    paced[-1] = paced[-1]._replace(fields={"duration_us": elapsed_us})
    return paced
