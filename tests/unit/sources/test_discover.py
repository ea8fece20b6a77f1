"""Find logs below paths, each once, in the order in which they were written."""

import os
import random
from pathlib import Path

import pytest

from nacre.errors import NoSuchPath
from nacre.sources import Skipped, SkipReason, discover
from nacre.sources.rotation import rotation_key


def names(found, base):
    """Return what was found, relative to `base`, with the reason for what was skipped."""
    return [
        (str(item.path.relative_to(base)), item.reason) if isinstance(item, Skipped) else str(item.relative_to(base))
        for item in found
    ]


@pytest.fixture
def tree(tmp_path):
    """Return the function that makes empty files below a directory."""

    def make(*files):
        for name in files:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path

    return make


ORDERS = [
    ["cowrie.json.2019-12-03", "cowrie.json.2019-12-04.gz", "cowrie.json.2020-01-01", "cowrie.json"],
    ["cowrie.json.12.gz", "cowrie.json.3.gz", "cowrie.json.1", "cowrie.json"],
    ["cowrie.json.2017_1_7", "cowrie.json.2017_1_17", "cowrie.json.2017_11_2"],
    [
        "cowrie.json-20191203.gz",
        "cowrie.json.2019-12-04",
        "cowrie.json-20191205-1575507600.xz",
        "cowrie.json",
    ],
    ["cowrie.json.2019-12-03.2", "cowrie.json.2019-12-03.1", "cowrie.json.2019-12-03", "cowrie.json.1"],
    ["cowrie.2019-12-03.json", "cowrie.2019-12-10.json.bz2", "cowrie.json"],
    ["a.cowrie.json.2", "a.cowrie.json", "b2.json", "b10.json", "b.cowrie.json.2", "b.cowrie.json"],
]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order[0])
def test_rotated_logs_come_oldest_first(order):
    """Names sort by date, then by falling number, and the live log last."""
    shuffled = random.Random(1).sample(order, len(order))

    assert order == sorted(shuffled, key=rotation_key)


@pytest.mark.parametrize("name", ["", ".gz", "1", "12345", "cowrie.json." + "9" * 200, "٣.json", "\udce9", "a-2020-.1"])
def test_every_name_has_a_place(name):
    """No file name, however odd, keeps the others from being sorted."""
    assert sorted([name, "cowrie.json"], key=rotation_key)


def test_directories_are_searched_to_any_depth(tree):
    """A directory gives its files in order, then those of its subdirectories."""
    base = tree("cowrie.json", "cowrie.json.2", "b/cowrie.json", "a/x/cowrie.json", "a/cowrie.json.1.gz")

    assert [
        "cowrie.json.2",
        "cowrie.json",
        "a/cowrie.json.1.gz",
        "a/x/cowrie.json",
        "b/cowrie.json",
    ] == names(discover([str(base)]), base)


def test_a_thousand_directories_deep_is_searched(tmp_path, monkeypatch):
    """Depth is limited by the system's paths, not by recursion."""
    monkeypatch.chdir(tmp_path)
    depth = 1200
    for _ in range(depth):
        Path("d").mkdir()
        os.chdir("d")
    Path("log").touch()
    os.chdir(tmp_path)
    found = [item.name for item in discover(["."])]
    os.chdir("d/" * depth)
    Path("log").unlink()
    for _ in range(depth):  # shutil.rmtree, which removes the folder later, recurses
        os.chdir("..")
        Path("d").rmdir()

    assert ["log"] == found


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("cowrie.json*", ["cowrie.json.2", "cowrie.json.1", "cowrie.json"]),
        ("*/*.gz", ["a/y.gz"]),
        ("**/*.gz", ["a/y.gz", "a/b/z.gz"]),
        ("a/**", ["a/y.gz", "a/b/z.gz"]),
        ("cowrie.json.[12]", ["cowrie.json.2", "cowrie.json.1"]),
        ("cowrie.json.?", ["cowrie.json.2", "cowrie.json.1"]),
        ("a", ["a/y.gz", "a/b/z.gz"]),
    ],
)
def test_globs_are_expanded_here(tree, pattern, expected):
    """A glob gives what it matches, directories with what is in them, in the order of rotation."""
    base = tree("cowrie.json", "cowrie.json.1", "cowrie.json.2", "a/y.gz", "a/b/z.gz")

    assert expected == names(discover([f"{base}/{pattern}"]), base)


def test_globs_may_be_relative(tree, monkeypatch):
    """A glob without a directory looks in the working directory."""
    monkeypatch.chdir(tree("cowrie.json", "cowrie.json.1"))

    assert ["cowrie.json.1", "cowrie.json"] == [str(path) for path in discover(["cowrie.json*"])]


def test_an_existing_name_wins_over_a_glob(tree):
    """A file whose name looks like a glob can be named."""
    base = tree("log[1].json", "log1.json")

    assert ["log[1].json"] == names(discover([f"{base}/log[1].json"]), base)


def test_a_file_that_is_named_twice_comes_once(tree):
    """Other spellings, links and the directory around it do not make a second file."""
    base = tree("a/cowrie.json")
    (base / "link").symlink_to("a/cowrie.json")
    (base / "again").symlink_to("a")
    paths = [
        f"{base}/a/cowrie.json",
        f"{base}/a/../a/cowrie.json",
        f"{base}/link",
        str(base),
        f"{base}/**/*.json",
    ]

    assert 1 == len(list(discover(paths)))


def test_links_in_a_loop_end(tree):
    """Directories that contain links to themselves or their parents are searched once."""
    base = tree("a/cowrie.json")
    (base / "a/self").symlink_to(".")
    (base / "a/up").symlink_to("..")
    (base / "a/loop").symlink_to("loop")
    (base / "a/gone").symlink_to("nowhere")

    assert ["a/cowrie.json", ("a/gone", SkipReason.NO_SUCH), ("a/loop", SkipReason.NO_SUCH)] == names(
        discover([str(base)]), base
    )
    assert ["a/cowrie.json"] == names(discover([f"{base}/**/*.json"]), base)


def test_links_to_files_are_followed(tree):
    """A link to a log elsewhere is read under its own name."""
    base = tree("logs/x", "elsewhere/cowrie.json")
    (base / "logs/x").unlink()
    (base / "logs/today").symlink_to("../elsewhere/cowrie.json")

    assert ["logs/today"] == names(discover([f"{base}/logs"]), base)


def test_special_files_are_reported(tree):
    """A FIFO between the logs is skipped with its reason."""
    base = tree("cowrie.json")
    os.mkfifo(base / "pipe")

    assert ["cowrie.json", ("pipe", SkipReason.SPECIAL)] == names(discover([str(base)]), base)


LOOT = f"downloads/{'ab' * 32}"


def test_what_attackers_left_is_not_taken_for_a_log(tree):
    """Downloads and recordings below a directory or glob are skipped, and said to be."""
    base = tree("log/cowrie.json", "log/tty/20200126-034420-x-0i.log", LOOT, "downloads/cowrie.json", "cd" * 32)
    expected = [
        ("cd" * 32, SkipReason.FOREIGN),
        ("downloads", SkipReason.FOREIGN),
        "log/cowrie.json",
        ("log/tty", SkipReason.FOREIGN),
    ]

    assert expected == names(discover([str(base)]), base)
    assert [("downloads", SkipReason.FOREIGN), "log/cowrie.json"] == names(discover([f"{base}/**/*.json"]), base)


def test_what_attackers_left_can_be_named(tree):
    """Who names a file or directory of theirs gets it."""
    base = tree(LOOT, "downloads/cowrie.json")

    assert [(LOOT, SkipReason.FOREIGN), "downloads/cowrie.json"] == names(discover([f"{base}/downloads"]), base)
    assert [LOOT] == names(discover([f"{base}/{LOOT}"]), base)
    assert ["downloads/cowrie.json"] == names(discover([f"{base}/downloads/*.json"]), base)


@pytest.mark.parametrize("path", ["missing", "missing/*.json", "*.txt", "a**b", "nul\0", "nul\0*", "cowrie.json/x"])
def test_a_path_that_names_nothing_is_an_error(tree, path):
    """What matches nothing is an error before anything is yielded, with a hint."""
    base = tree("cowrie.json")
    with pytest.raises(NoSuchPath) as caught:
        discover([str(base), f"{base}/{path}"])

    assert (2, True) == (caught.value.exit_code, bool(caught.value.hint))


def test_an_empty_path_is_an_error():
    """An empty argument is not the working directory."""
    with pytest.raises(NoSuchPath) as caught:
        discover([""])

    assert "an empty path does not exist" == caught.value.message


def test_an_empty_directory_is_no_error(tmp_path):
    """A directory without files gives nothing."""
    assert [] == list(discover([str(tmp_path)]))


def test_the_files_of_the_store_are_skipped(tree):
    """A store that lies among the logs is never opened as one, nor its log, its index, or a link to it."""
    base = tree("cowrie.json", "nacre.db", "nacre.db-wal", "nacre.db-shm", "nacre.dbx", "other.db")
    (base / "link").symlink_to(base / "nacre.db")
    found = names(discover([str(base), str(base / "nacre.db")], store=base / "link"), base)
    own = [("link", SkipReason.FOREIGN), ("nacre.db-shm", SkipReason.FOREIGN), ("nacre.db-wal", SkipReason.FOREIGN)]

    assert sorted(map(str, ["cowrie.json", "nacre.dbx", "other.db", *own])) == sorted(map(str, found))
