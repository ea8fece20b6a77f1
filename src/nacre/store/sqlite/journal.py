"""Which journal a store file can have: WAL where shared memory works, DELETE elsewhere."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

# "All processes using a database must be on the same host computer; WAL does not work over a network filesystem"
# (https://www.sqlite.org/wal.html). These report shared memory that is not shared.
NETWORK_FILE_SYSTEMS = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "ceph",
        "glusterfs",
        "afs",
        "fuse.sshfs",
        "fuse.rclone",
        "ncpfs",
    }
)


def file_system(path: Path) -> str:
    """Return the type of the file system that holds `path`, or "" where the system does not tell."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    target = os.path.realpath(path)
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        mount = fields[4].encode().decode("unicode_escape")
        inside = target == mount or target.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, fields[fields.index("-") + 1]
    return kind


def set_journal(connection: sqlite3.Connection, path: Path) -> tuple[str, str]:
    """Choose and set the journal mode; return it, and why it is not WAL ("" when it is)."""
    kind = file_system(path)
    if kind in NETWORK_FILE_SYSTEMS:
        why = f"{kind} is a network file system, where WAL is not safe"
    else:
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode == "wal":
            return "wal", ""
        why = "the file system cannot hold a write-ahead log"
    mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    return str(mode), why
