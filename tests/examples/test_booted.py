"""The services, as a booted systemd runs them: installed, started, fed, killed and stopped as the how-to says."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest
from tests.components import RUNNING_EVENT
from tests.examples.booted import Machine
from tests.examples.machine import block, need


def test_services(request: pytest.FixtureRequest) -> None:
    """They store what comes, from within their sandbox; come back after a crash, end in order, stay failed on usage."""
    need("systemd-nspawn", needs_root=True)
    wheel_folder = request.getfixturevalue("wheel_folder")
    with tempfile.TemporaryDirectory(prefix="machine-") as folder:
        machine = Machine(Path(folder, "root"), wheel_folder)
        pages = {"follow": "Follow", "catch_up": "Catch up every hour"}
        found = machine.boot({name: block(heading, having="enable") for name, heading in pages.items()})
    if found["init"] == "systemd":
        sys.audit(RUNNING_EVENT, "systemd-nspawn")

    assert found == {
        "init": "systemd",
        "follow": {
            "begun": [0, 0],
            "stored": [20, 40, 50],
            "sandbox": {"NoNewPrivs": "1", "Seccomp": "2", "CapEff": "0" * 16, "CapBnd": "0" * 16},
            "owner": "nacre",
            "has_own_network": True,
            "second_reader": ["failed", "4"],
            "killed": ["auto-restart", "signal"],
            "again": ["active", "1"],
            "stopped": ["inactive", "success", "0"],
            "mode": "0o640",
        },
        "catch_up": {"begun": [0, 0], "status": [0, 0], "stored": [60, 60], "timer": ["active", "success"]},
        "wrong_setting": ["failed", "2", "0"],
    }
