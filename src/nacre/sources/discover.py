"""Find the files that paths, directories and globs name, each once, rotated logs oldest first."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from nacre.errors import NoSuchPath
from nacre.sources.rotation import rotation_key
from nacre.sources.trouble import Skipped, SkipReason, printable, skipped_for, special_kind

_WILDCARD = re.compile(r"[*?\[]")

# Cowrie names downloads and recordings by their SHA-256, work in progress otherwise, below these (cowrie.cfg:
# download_path, ttylog_path; T-Pot: /data/cowrie/downloads and log/tty).
_CONTENT_NAME = re.compile(r"[0-9a-f]{64}")
_LOOT_DIRECTORIES = frozenset({"dl", "downloads", "tty"})


def discover(paths: Sequence[str], *, store: Path | None = None) -> Iterator[Path | Skipped]:
    """Yield the regular files that `paths` name, and what was left out with the reason.

    A path may be a file, a directory (searched to any depth, links followed, none twice) or a glob with `*`,
    `?`, `[]` and `**`; an existing name wins over a glob. Files that several paths name come once. All paths
    are checked before anything is yielded. Raises NoSuchPath for a path that does not exist, or a glob that
    matches nothing. Does not look into the files: `open_source` judges them.

    What attackers left on the honeypot (downloads and recordings, where Cowrie keeps them) is skipped unless
    it is named itself: an uploaded file can look exactly like a log and would bring invented events.

    The files of the `store` that this process has open are skipped in any case: to open and close one of them would
    drop SQLite's own locks (https://www.sqlite.org/howtocorrupt.html, 2.2), and the store could be damaged.
    """
    named: set[Path] = set()
    found: set[Path] = set()
    for path in paths:
        if _exists(path):
            named.add(Path(path))
        else:
            found.update(_glob(path))
    own = os.path.realpath(store) if store is not None else ""
    return _walk(_in_order(named | found), named, own)


def _exists(path: str) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL byte in the name
        return False
    except OSError:  # it may exist, but we may not look: the walk reports it
        return True
    return True


def _glob(pattern: str) -> list[Path]:
    name = printable(pattern) or "an empty path"
    if not _WILDCARD.search(pattern):
        hint = "name a log file, a directory of logs or a quoted glob"
        raise NoSuchPath(f"{name} does not exist", hint=hint)
    matches = _match(pattern)
    if not matches:
        hint = "list the directory, then try a wider pattern such as '**/cowrie.json*'"
        raise NoSuchPath(f"{name} matches no file", hint=hint)
    return matches


def _match(pattern: str) -> list[Path]:
    # pathlib's `**` does not follow links to directories; glob's does, and two links in a loop multiply
    # without end.
    parts = Path(pattern).parts
    fixed = next(i for i, part in enumerate(parts) if _WILDCARD.search(part))
    base = Path(*parts[:fixed])
    try:
        return [_outermost_loot(path, base) for path in base.glob("/".join(parts[fixed:]))]
    except (ValueError, OSError):  # "a**b"; a directory that may not be listed
        return []


def _walk(roots: Iterable[Path], named: set[Path], own: str) -> Iterator[Path | Skipped]:
    # A list instead of recursion: a path may be two thousand directories deep, and whoever made it may be
    # an attacker.
    waiting = list(reversed(list(roots)))
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path not in named and (loot := _maybe_loot(path)):
            yield loot
            continue
        try:
            info = path.stat()
            real = _real(path, info)
            if real in seen:
                continue
            seen.add(real)
            children = list(path.iterdir()) if stat.S_ISDIR(info.st_mode) else []
        except OSError as exc:
            yield skipped_for(path, exc)
            continue
        waiting.extend(reversed(_in_order(children)))
        if own and (real == own or real.startswith(f"{own}-")):
            yield Skipped(path, SkipReason.FOREIGN, "nacre's own store")
        elif stat.S_ISREG(info.st_mode):
            yield path
        elif not stat.S_ISDIR(info.st_mode):
            yield Skipped(path, SkipReason.SPECIAL, special_kind(info.st_mode))


def _real(path: Path, info: os.stat_result) -> str:
    # Directories by inode: the real path of one 1,500 deep takes as many calls each. Files not: a rotation
    # during the walk may give a new log the inode of one that was seen and removed.
    if stat.S_ISDIR(info.st_mode) and info.st_ino:
        return f"{info.st_dev}:{info.st_ino}"
    return os.path.realpath(path)


def _outermost_loot(path: Path, base: Path) -> Path:
    """Return the directory of loot between `base` and `path`, which is skipped then, else `path`."""
    for parent in reversed(path.parents):
        if parent.name in _LOOT_DIRECTORIES and parent != base and parent.is_relative_to(base):
            return parent
    return path


def _maybe_loot(path: Path) -> Skipped | None:
    if _CONTENT_NAME.fullmatch(path.name):
        return Skipped(path, SkipReason.FOREIGN, "named by content: a download or recording, not a log")
    if path.name in _LOOT_DIRECTORIES and _is_directory(path):
        return Skipped(path, SkipReason.FOREIGN, "downloads or recordings, not logs: name it to read it")
    return None


def _in_order(paths: Iterable[Path]) -> list[Path]:
    """Sort by directory and rotation, the files of a directory before its subdirectories."""
    return sorted(paths, key=lambda path: (str(path.parent), _is_directory(path), rotation_key(path.name)))


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # may not be looked at: the walk reports it
        return False
