"""The units for systemd, as systemd reads them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.components import RUNNING_EVENT
from tests.examples.machine import EXAMPLES, block, need

UNITS = sorted((EXAMPLES / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
NACRE = Path(sys.executable).parent / "nacre"

# systemd's own scale goes from 0 to 10; the units stand at 1.0. Above 1.5, a line of the sandbox is gone.
EXPOSURE_MAX = 15


@pytest.fixture(autouse=True)
def analyze() -> None:
    """Skip where systemd is not installed; it need not run."""
    need("systemd-analyze")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """Return a folder with the units; the program is the one of this environment, for it has to exist."""
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(text.replace("/opt/nacre/bin/nacre", str(NACRE)), encoding="utf-8")
    return tmp_path


def complaints(*arguments: str | Path) -> list[str]:
    """Return what systemd-analyze says of the units."""
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    sys.audit(RUNNING_EVENT, "systemd-analyze")
    said = done.stdout + done.stderr
    return [line for line in said.splitlines() if "nacre" in line] or [said] * bool(done.returncode)


@pytest.mark.parametrize("name", [unit.name for unit in UNITS])
def test_systemd_has_nothing_to_say(units: Path, name: str) -> None:
    """Each unit is verified without a warning."""

    assert complaints("verify", "--man=no", units / name) == []


def test_verify_does_complain(units: Path) -> None:
    """The check itself sees a misspelt setting."""
    unit = units / "nacre-follow.service"
    unit.write_text(unit.read_text(encoding="utf-8").replace("UMask=", "UMaks="), encoding="utf-8")

    assert "UMaks" in complaints("verify", "--man=no", unit)[0]


def test_other_place_of_logs(units: Path) -> None:
    """The drop-in that the how-to shows for another place of the logs is verified without a warning."""
    lines = "\n".join(block("Install for systemd", having="[Service]"))
    folder = units / "nacre-follow.service.d"
    folder.mkdir()
    (folder / "override.conf").write_text(lines.replace("/opt/nacre/bin/nacre", str(NACRE)), encoding="utf-8")

    assert complaints("verify", "--man=no", units / "nacre-follow.service") == []


@pytest.mark.parametrize("name", [unit.name for unit in SERVICES])
def test_exposure(units: Path, name: str) -> None:
    """A service may do little besides its work."""
    check = ["security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE_MAX}"]
    done = subprocess.run(["systemd-analyze", *check, units / name], capture_output=True, text=True, check=False)

    assert (0, True) == (done.returncode, "Overall exposure" in done.stdout)


def test_services_share_their_limits() -> None:
    """Who they are, what they may use and what they may do is the same for both services."""
    shared = [
        unit.read_text(encoding="utf-8").partition("# --- from here on as in ")[2].partition("\n")[2]
        for unit in SERVICES
    ]

    assert shared[0].strip() == shared[1].partition("\n[Install]")[0].strip()
