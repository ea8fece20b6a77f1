"""Random logs, framed, torn, glued and repeated: nacre and the oracle understand each of them alike."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import blake3
from click.testing import CliRunner
from hypothesis import given, settings
from tests.logs import event, logs
from tests.oracle.comparing import NOT_IN_LOGS, differences
from tests.oracle.oracle import Oracle

from nacre.cli.main import cli

# An event of its own at the head makes each file a source of its own; else the second could be the first one, grown.
HEADS = tuple(event("session.connect", f"ffff0000000{number}", number) + b"\n" for number in (1, 2))


def answer(store: Path, *words: str | Path) -> dict:
    """Call a command in this process, for there are many; return the object that it printed."""
    result = CliRunner().invoke(cli, ["--store", str(store), *map(str, words)], catch_exceptions=False)
    assert (0, "") == (result.exit_code, result.stderr if result.exit_code else "")
    return json.loads(result.stdout)


@settings(max_examples=60, deadline=None)
@given(logs(), logs())
def test_random_logs(one: bytes, other: bytes) -> None:
    """Receipts and reports on two logs, the second of which repeats the first, say what the oracle says."""
    oracle = Oracle(lambda value: blake3.blake3(value).hexdigest(16))
    found: list[str] = []
    with TemporaryDirectory() as folder:
        store = Path(folder) / "nacre.db"
        for number, content in enumerate((HEADS[0] + one, HEADS[1] + other + b"\n" + one)):
            log = Path(folder) / f"{number}.json"
            log.write_bytes(content)
            os.utime(log, (0, 0))
            before = dict(oracle.tally)
            oracle.read(log)
            receipt = answer(store, "load", "--json", "--jobs", "0", log)
            for name in ("stored", "duplicate", "rejected", "blank"):
                found += differences(oracle.tally[name] - before.get(name, 0), receipt[name], name)
        for span, period in (("daily", "2026-11-21"), ("weekly", "2026-W47"), ("monthly", "2026-11")):
            said = answer(store, "report", span, period, "--top", "1000", "--json")
            actual = {name: value for name, value in said.items() if name not in NOT_IN_LOGS}
            found += differences(oracle.report(span, period, top=1000), actual, span)

    assert [] == found
