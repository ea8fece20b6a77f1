"""`nacre follow` beside a real Cowrie under attack, held against an independent reading of Cowrie's own files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from tests.e2e.conftest import Campaign

# What the attack is made to bring about in both releases; each Cowrie writes more kinds than these.
ATTACKED = {
    *("session.connect", "session.closed", "session.params", "session.file_download", "session.file_upload"),
    *("client.version", "client.kex", "client.size", "client.var", "client.fingerprint"),
    *("login.failed", "login.success", "command.input", "command.failed", "log.closed"),
    *("direct-tcpip.request", "direct-tcpip.data"),
}
STORM, STORM_IN = 200, 50  # tools/sample/siege.py: sessions at once, and how many of these get in


def rows(campaign: Campaign, query: str) -> list[Any]:
    """Return the first column of a query of the store."""
    with closing(sqlite3.connect(campaign.store)) as connection:
        return [row[0] for row in connection.execute(query)]


def test_the_attack_is_a_real_one(campaign: Campaign) -> None:
    """Logins, shells, transfers and forwards over both protocols, by hundreds of sessions, are in Cowrie's log."""
    assert set() == ATTACKED - campaign.log.eventids.keys()
    assert {"ssh", "telnet"} <= campaign.log.values("protocol")
    assert campaign.log.eventids["session.connect"] > STORM


def test_midnight_came_while_sessions_were_open(campaign: Campaign) -> None:
    """The log of the attack stands in two files, and the sessions that had got in by midnight in both of these."""
    assert 2 == len(campaign.log.days)
    assert STORM_IN // 2 < len(campaign.log.sessions(0) & campaign.log.sessions(1))


def test_cowrie_died_in_the_middle_of_a_line(campaign: Campaign) -> None:
    """A kill left a torn line, and the first event after the restart is glued to it."""
    torn = next(at for at, line in enumerate(campaign.log.lines) if line.content in campaign.log.torn)
    glued = campaign.log.lines[torn + 1].event

    assert (True, 1) == (campaign.outcome.is_torn, len(campaign.log.torn))
    assert glued is not None and glued.eventid == "session.connect"


def test_every_event_is_stored_once_byte_for_byte(campaign: Campaign) -> None:
    """The store holds each event that Cowrie wrote, as it wrote it, and no other."""
    stored = rows(campaign, "SELECT coalesce(line, CAST(payload AS BLOB)) FROM raw_events")

    assert sorted(set(campaign.log.events)) == sorted(stored)


def test_what_is_torn_is_a_reject(campaign: Campaign) -> None:
    """The torn line is kept as it is, and nothing else is rejected."""
    assert campaign.log.torn == rows(campaign, "SELECT line FROM rejects")


def test_every_session_is_stored_once(campaign: Campaign) -> None:
    """A session that stands in two files is one session."""
    assert sorted(map(str, campaign.log.values("session") - {None})) == sorted(
        rows(campaign, "SELECT session FROM sessions")
    )


def test_it_follows_while_cowrie_runs(campaign: Campaign) -> None:
    """The events were in the store before Cowrie was stopped."""
    assert 0 < campaign.outcome.stored_live <= len(set(campaign.log.events))


def test_sigterm_ends_it_with_a_receipt(campaign: Campaign) -> None:
    """SIGTERM is exit status 0 within five seconds, and the receipt counts what Cowrie wrote."""
    receipt, log = campaign.outcome.receipt, campaign.log
    counted = [receipt[name] for name in ("lines", "stored", "duplicate", "rejected", "blank")]
    events = len(set(log.events))
    blank = sum(line.is_blank for line in log.lines)

    assert 0 == campaign.outcome.follow_exit
    assert [len(log.lines), events, len(log.events) - events, len(log.torn), blank] == counted


def test_the_account_balances(campaign: Campaign) -> None:
    """`nacre account --recount` reads Cowrie's files again, finds every line in the store, and no gap."""
    assert (0, True) == (campaign.outcome.account_exit, campaign.outcome.account["balanced"])
    assert [] == rows(campaign, "SELECT id FROM coverage_gaps")
