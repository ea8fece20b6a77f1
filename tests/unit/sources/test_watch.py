"""Waiting for files: what wakes, what does not, and what is left when the system tells nothing."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nacre.sources import Watch

LONG = 20.0  # seconds; nobody waits so long unless an event is lost


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """Return a watch on a folder with one log."""
    (tmp_path / "cowrie.json").touch()
    watch = Watch([str(tmp_path)], ignored=str(tmp_path / "nacre.db"))
    yield watch
    watch.close()


def wait(watch: Watch, act: Callable[[], object], folder: Path, seconds: float = LONG) -> tuple[bool, float]:
    """Do something soon, and return what waiting said, and how long it took."""
    timer = threading.Timer(0.05, act)
    timer.start()
    began = time.monotonic()
    found = watch.wait(seconds, known={str(folder / "cowrie.json")}, stop=threading.Event())
    timer.join()
    return found, time.monotonic() - began


def test_growth_of_a_known_file(watch: Watch, tmp_path: Path) -> None:
    """That a known file grows wakes, and is no reason to look at the folder."""
    found, seconds = wait(watch, lambda: (tmp_path / "cowrie.json").write_bytes(b"x"), tmp_path)

    assert not found
    assert seconds < LONG / 2


@pytest.mark.parametrize("what", ["new", "renamed", "removed", "below"])
def test_names(what: str, watch: Watch, tmp_path: Path) -> None:
    """A name that appears, changes or goes wakes, and is a reason to look, also in a folder below."""
    log = tmp_path / "cowrie.json"
    acts: dict[str, Callable[[], object]] = {
        "new": lambda: (tmp_path / "other.json").write_bytes(b"x"),
        "renamed": lambda: log.rename(tmp_path / "cowrie.json.1"),
        "removed": log.unlink,
        "below": lambda: (tmp_path / "deep" / "er").mkdir(parents=True),
    }
    found, seconds = wait(watch, acts[what], tmp_path)

    assert found
    assert seconds < LONG / 2


def test_the_store_is_no_news(watch: Watch, tmp_path: Path) -> None:
    """What happens to the store's own files is no reason to look."""
    found, _ = wait(watch, lambda: (tmp_path / "nacre.db-wal").write_bytes(b"x"), tmp_path)

    assert not found


def test_asked_to_stop(watch: Watch) -> None:
    """Waiting ends when it is asked to."""
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    began = time.monotonic()
    watch.wait(LONG, known=(), stop=stop)

    assert time.monotonic() - began < LONG / 2


def test_deaf(watch: Watch, tmp_path: Path) -> None:
    """Where the system tells nothing, waiting takes its time and claims nothing."""
    watch.close()
    found, seconds = wait(watch, (tmp_path / "other.json").touch, tmp_path, 0.3)

    assert not found
    assert seconds >= 0.3


def test_a_folder_that_was_replaced(watch: Watch, tmp_path: Path) -> None:
    """A folder that another one took the place of is listened to after the next `listen`."""
    away = tmp_path.with_name(f"{tmp_path.name}-away")
    tmp_path.rename(away)
    tmp_path.mkdir()
    watch.listen()
    found, seconds = wait(watch, (tmp_path / "cowrie.json.1").touch, tmp_path)

    assert found
    assert seconds < LONG / 2


def test_what_does_not_exist(tmp_path: Path) -> None:
    """A path that names nothing yet is listened for in the nearest folder that is there."""
    watch = Watch([str(tmp_path / "later" / "cowrie.json")])
    found, _ = wait(watch, lambda: os.mkdir(tmp_path / "later"), tmp_path)  # noqa: PTH102 - it returns nothing
    watch.close()

    assert "" == watch.why_deaf
    assert found
