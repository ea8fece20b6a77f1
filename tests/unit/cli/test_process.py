"""Who is gone and who is not: what one process can say of another that holds a lease."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from nacre.cli.process import is_gone, tenant_name

HOLD = "from nacre.cli.process import tenant_name; print(tenant_name('follow'), flush=True); input()"
# All is imported first: somebody else may not be able to read this interpreter.
ASK = (
    "import os, sys; from nacre.cli.process import is_gone, tenant_name; tenant_name('load'); os.setuid(65534); "
    "print(is_gone(sys.argv[1]))"
)


@pytest.fixture
def holder() -> subprocess.Popen[str]:
    """Return a process that has told its name."""
    return subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_process_that_runs_and_one_that_was_killed(holder: subprocess.Popen[str]) -> None:
    """A process is gone once it was killed, also before its parent has taken note; not while it runs."""
    assert holder.stdout is not None
    name = holder.stdout.readline().strip()
    before = is_gone(name)
    holder.kill()
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
    unburied = is_gone(name)
    holder.communicate()

    assert [False, True, True] == [before, unburied, is_gone(name)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_process_of_somebody_else(holder: subprocess.Popen[str]) -> None:
    """A process that may not be signalled is not gone."""
    assert holder.stdout is not None
    name = holder.stdout.readline().strip()
    said = subprocess.run([sys.executable, "-c", ASK, name], capture_output=True, text=True, check=False)
    holder.kill()
    holder.communicate()

    assert ("False\n", "") == (said.stdout, said.stderr)


def test_what_cannot_be_judged() -> None:
    """Of a process of another machine, of another boot or container, and of a name of no process, nothing is said."""
    name = tenant_name("load")
    other = name.replace(f" on {os.uname().nodename} ", " on elsewhere ")
    boot = name[: name.rindex("(")] + "(00000000-1:5)"

    assert [False, False, False, False] == [is_gone(one) for one in (name, other, boot, "somebody")]
