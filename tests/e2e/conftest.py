"""Fixtures of the end-to-end tests: a campaign of each release, played once a run whatever the number of workers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from tests.e2e.campaign import Outcome, play, stage
from tests.e2e.installing import ASYNCSSH, VERSIONS, Missing, alone, find_faketime, install_or_say_why
from tests.e2e.reading import Reading, read_logs


@dataclass(frozen=True, slots=True)
class Campaign:
    """What the tests look at."""

    outcome: Outcome
    log: Reading
    store: Path


@pytest.fixture(scope="session", params=VERSIONS)
def campaign(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Return a campaign against this release of Cowrie; skip where its pieces do not install."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / f"e2e-{request.param}"
    folder.mkdir(exist_ok=True)
    with alone(folder / "lock"):
        outcome = once(folder, lambda: played(request.param, folder))
    return Campaign(outcome, read_logs(folder / "logs"), folder / "nacre.db")


def once(folder: Path, work: Callable[[], Outcome]) -> Outcome:
    """Return what another worker left behind; else do the work, and leave it to the others."""
    left = folder / "outcome.json"
    if not left.is_file():
        left.write_text(json.dumps(asdict(work())))
    return Outcome(**json.loads(left.read_text()))


def played(version: str, folder: Path) -> Outcome:
    """Play the campaign of one release."""
    is_here, why = find_faketime()
    if not is_here:
        pytest.skip(f"libfaketime is missing: {why}")
    try:
        cowrie, attacker = install_or_say_why(f"cowrie=={version}"), install_or_say_why(ASYNCSSH)
    except Missing as exc:
        pytest.skip(str(exc))
    with stage(version, cowrie, attacker, folder) as scene:
        return play(scene)
