"""A store whose file was removed or replaced takes nothing more: nobody would find it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.contract.batches import line
from tests.contract.writers import Feeder, held, open_store

from nacre.errors import StoreGone
from nacre.model.calendar import DAY_US
from nacre.store.snapshot import snapshot

LINES = [line("command", 20_000 * DAY_US + n, "a1", input="id") for n in range(4)]


def unlink(path: Path) -> None:
    """Remove the file."""
    path.unlink()


def replace(path: Path) -> None:
    """Put another store there, as restoring a backup does."""
    open_store("sqlite", path.with_name("other.db")).close()
    path.with_name("other.db").replace(path)


def remove_folder(path: Path) -> None:
    """Move the folder away, and put a file there."""
    path.parent.rename(path.parent.with_name("elsewhere"))
    path.parent.write_bytes(b"")


@pytest.mark.parametrize(
    ("lose", "what"),
    [(unlink, "removed"), (replace, "replaced"), (remove_folder, "removed")],
    ids=["unlinked", "replaced", "folder"],
)
def test_gone(disk_writer: str, tmp_path: Path, lose: Callable[[Path], None], what: str) -> None:
    """Each write is refused, with the name of the store and what happened; a new file is made by none of them."""
    path = tmp_path / "folder" / "store.db"
    path.parent.mkdir()
    with closing(open_store(disk_writer, path)) as store:
        feeder = Feeder(store)
        feeder.feed("log", LINES[:1])
        lose(path)
        for _ in range(2):
            with pytest.raises(StoreGone) as caught:
                feeder.feed("log", LINES[1:2])
            assert f"the store {path} was {what} while it was open" == caught.value.message
            assert "run the command again" in caught.value.hint
            assert (what == "replaced") == ("store.db-wal" in caught.value.hint)
        with pytest.raises(StoreGone):
            store.lease([1], seconds=10)

        assert (what == "replaced") == path.exists()


def test_another_file_is_left_alone(disk_writer: str, tmp_path: Path) -> None:
    """What replaced the store is not written to, neither by what is refused nor when the store is closed."""
    path = tmp_path / "store.db"
    with closing(open_store(disk_writer, path)) as store:
        feeder = Feeder(store)
        feeder.feed("log", LINES[:1])
        replace(path)
        before = path.read_bytes()
        with pytest.raises(StoreGone):
            feeder.feed("log", LINES[1:2])

    assert before == path.read_bytes()


def test_back_again(disk_writer: str, tmp_path: Path) -> None:
    """Put back where it was, the file is written to again, and nothing is lost."""
    path = tmp_path / "store.db"
    with closing(open_store(disk_writer, path)) as store:
        feeder = Feeder(store)
        feeder.feed("log", LINES[:1])
        path.rename(tmp_path / "away.db")
        with pytest.raises(StoreGone):
            feeder.feed("log", LINES[1:])
        (tmp_path / "away.db").rename(path)
        feeder.feed("log", LINES[1:])

        assert held(LINES) == snapshot(store)


def test_relative_name(disk_writer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that was opened by a relative name is there also when the process changed its directory."""
    monkeypatch.chdir(tmp_path)
    with closing(open_store(disk_writer, Path("store.db"))) as store:
        feeder = Feeder(store)
        feeder.feed("log", LINES[:1])
        os.chdir("/")
        feeder.feed("log", LINES[1:])
        os.chdir(tmp_path)

        assert held(LINES) == snapshot(store)
