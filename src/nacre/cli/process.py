"""This process and others: who holds a lease, whether it still runs, and how many files it may have open."""

from __future__ import annotations

import os
import re
import resource
from pathlib import Path

# Files besides the followed ones that a process may have open: the store's, the interpreter's, one of each look.
FILES_SPARE = 64
FILES_MAX = 65_536

# When a process started that has ended, and one that may not be looked at.
ENDED, UNSEEN = 0, -1


def tenant_name(mode: str) -> str:
    """Return what names this process in leases: a sentence for people, and enough to know whether it still runs."""
    pid = os.getpid()
    return f"{mode} process {pid} on {os.uname().nodename} ({_namespace()}:{_started(pid)})"


def is_gone(tenant: str) -> bool:
    """Tell whether the process of a lease has ended; of one on another host, or that cannot be looked at: no."""
    match = re.fullmatch(r"\w+ process (\d+) on (.+) \((.*):(\d+)\)", tenant)
    if match is None or (match[2], match[3]) != (os.uname().nodename, _namespace()):
        return False
    pid, started = int(match[1]), int(match[4])
    try:
        os.kill(pid, 0)  # sends nothing; /proc may hide the processes of others (proc(5), hidepid)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return _started(pid) not in (started, UNSEEN)


def _namespace() -> str:
    """Return what names the space in which process ids mean something: the boot and the container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot[:8]}-{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return "unknown"


def _started(pid: int) -> int:
    """Return when a process started, in ticks since the boot; ENDED for one that only waits to be buried (proc(5))."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return UNSEEN
    fields = status.rpartition(")")[2].split()
    return ENDED if fields[0] in ("Z", "X") else int(fields[19])


def files_max() -> int:
    """Return how many files may be followed at once; the system's own limit is raised as far as it lets us."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES_MAX if hard == resource.RLIM_INFINITY else min(hard, FILES_MAX)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(1, most - FILES_SPARE)
