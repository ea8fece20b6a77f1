"""One look at what is there: each file once, what cannot be seen named, and what would be in sight."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nacre.sources import SkipReason, covers, look, may_come


def test_each_file_once(tmp_path: Path) -> None:
    """A file that several paths, links or hard links name is seen once, with what the system says of it."""
    log = tmp_path / "cowrie.json"
    log.write_bytes(b"abc")
    os.link(log, tmp_path / "hard")
    (tmp_path / "soft").symlink_to(log)
    seen = look([str(tmp_path), str(log), str(tmp_path / "*.json")])
    info = log.stat()

    assert [(info.st_dev, info.st_ino, 3, info.st_mtime_ns)] == [
        (one.device, one.inode, one.size_bytes, one.mtime_ns) for one in seen.files
    ]
    assert () == seen.skipped


def test_what_is_not_there(tmp_path: Path) -> None:
    """A path that names nothing now is said, and the others are seen."""
    (tmp_path / "a.json").touch()
    seen = look([str(tmp_path / "absent"), str(tmp_path / "*.none"), str(tmp_path)])

    assert ["a.json"] == [one.path.name for one in seen.files]
    assert [SkipReason.NO_SUCH] * 2 == [one.reason for one in seen.skipped]


@pytest.mark.parametrize(
    ("paths", "path", "expected"),
    [
        (["/logs"], "/logs/a/cowrie.json", True),
        (["/logs"], "/logs2/cowrie.json", False),
        (["/logs/cowrie.json"], "/logs/cowrie.json", True),
        (["/logs/cowrie.json"], "/logs/cowrie.json.1", False),
        (["/logs/*/cowrie.json*"], "/logs/attic/cowrie.json.1", True),
        (["/logs/*.json"], "/logs/cowrie.log", False),
        (["/"], "/anything", True),
    ],
)
def test_covers(paths: list[str], path: str, expected: bool) -> None:
    """A name is covered when a look at the paths would find it."""

    assert expected == covers(paths, path)


def test_may_come(tmp_path: Path) -> None:
    """A log may come where its folder is, whatever its name; where there is no folder it may not."""
    folder = str(tmp_path)

    assert [True, True, False, False] == [
        may_come(f"{folder}/cowrie.json"),
        may_come(f"{folder}/*/cowrie.json"),
        may_come(f"{folder}/no/cowrie.json"),
        may_come(f"{folder}/no/*.json"),
    ]
