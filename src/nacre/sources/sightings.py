"""What lies under the paths that are followed, as it is now: one look at names and numbers, no file is opened."""

from __future__ import annotations

import glob
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from nacre.errors import NoSuchPath
from nacre.sources.discover import discover
from nacre.sources.trouble import Skipped, SkipReason, skipped_for


@dataclass(frozen=True, slots=True)
class Sighting:
    """A regular file, as the system describes it."""

    path: Path  # as found; the first of several names of one file
    device: int
    inode: int
    size_bytes: int  # on disk
    mtime_ns: int  # of the last write, nanoseconds since 1970 UTC

    @property
    def file(self) -> tuple[int, int]:
        """Return what names the file whatever it is called, for as long as it exists."""
        return self.device, self.inode


@dataclass(frozen=True, slots=True)
class Look:
    """The result of a look."""

    files: tuple[Sighting, ...]  # in the order in which they are to be read
    skipped: tuple[Skipped, ...]
    seconds: float  # how long it took


def look(paths: Sequence[str], *, store: Path | None = None) -> Look:
    """Look at all files that `paths` name, as `discover` finds them, without those of the `store`.

    A path that names nothing now is skipped, not an error: a log is absent for a moment when it is rotated, and a file
    system may be away for longer.
    """
    began = time.perf_counter()
    files: dict[tuple[int, int], Sighting] = {}
    skipped: list[Skipped] = []
    for path in paths:
        try:
            for found in discover((path,), store=store):
                if isinstance(found, Skipped):
                    skipped.append(found)
                else:
                    _add(found, files, skipped)
        except NoSuchPath as exc:
            skipped.append(Skipped(Path(path), SkipReason.NO_SUCH, exc.message))
    return Look(tuple(files.values()), tuple(skipped), time.perf_counter() - began)


def _add(path: Path, files: dict[tuple[int, int], Sighting], skipped: list[Skipped]) -> None:
    try:
        info = path.stat()
    except OSError as exc:  # gone since it was listed
        skipped.append(skipped_for(path, exc))
        return
    seen = Sighting(path, info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns)
    files.setdefault(seen.file, seen)


def covers(paths: Sequence[str], path: str) -> bool:
    """Tell whether a file of this name would be found under `paths`, were it there."""
    whole = str(Path(path).absolute())
    for each in paths:
        root = str(Path(each).absolute())
        if whole == root or whole.startswith(root.rstrip("/") + "/"):
            return True
        if glob.has_magic(each) and fnmatchcase(whole, root):
            return True
    return False


def may_come(path: str) -> bool:
    """Tell whether a path that names nothing yet can come to name something: the directory for it is there."""
    whole = Path(path).absolute()
    return (_fixed(whole) if glob.has_magic(path) else whole.parent).is_dir()


def folders(paths: Sequence[str], *, is_deep: bool) -> list[Path]:
    """Return the existing directories in which something about `paths` may happen.

    With `is_deep` none of them lies inside another: who hears of one hears of all below it.
    """
    found: set[Path] = set()
    for each in paths:
        base = Path(each).absolute()
        if glob.has_magic(each):
            base = _fixed(base)
        while not base.is_dir() and base != base.parent:
            base = base.parent
        found.add(base)
        if Path(each).is_symlink():  # what it leads to lies elsewhere
            found.add(Path(os.path.realpath(each)).parent)
    return sorted(one for one in found if not (is_deep and any(other in one.parents for other in found)))


def _fixed(pattern: Path) -> Path:
    """Return the part of a glob that has no wildcards."""
    parts = pattern.parts
    return Path(*parts[: next(index for index, part in enumerate(parts) if glob.has_magic(part))])
