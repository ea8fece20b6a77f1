"""Recognise a log after rename, growth and compression."""

import os

import pytest

from nacre.sources import HEAD_BYTES_MAX, fingerprint, marker_of


def test_compression_does_not_change_the_fingerprint(write, pack, opened, form, event_lines):
    """A packed copy has the fingerprint of the plain log."""
    content = event_lines(100)
    identity = opened(write(pack(form, content))).identity

    assert (fingerprint(content[:4096]), 4096, form.value) == (
        identity.fingerprint,
        identity.head_bytes,
        identity.compression,
    )


@pytest.mark.parametrize("seen_lines", [1, 7, 100])
def test_a_log_is_recognised_after_it_grew(write, pack, opened, form, event_lines, seen_lines):
    """A log of any first length is recognised when it is longer and packed."""
    young = opened(write(event_lines(seen_lines), "young"))
    old = opened(write(pack(form, event_lines(1000)), "old"))

    assert old.matches(young.identity)


def test_another_log_is_not_recognised(write, opened, event_lines):
    """A log of other sessions does not match, nor one that is shorter than what was seen."""
    source = opened(write(event_lines(100), "a"))
    other = opened(write(event_lines(100, session="0123456789ab"), "b"))
    shorter = opened(write(event_lines(5), "c"))

    assert (False, False) == (other.matches(source.identity), shorter.matches(source.identity))


def test_the_hints_are_those_of_the_file(write, opened, event_lines):
    """Device, inode and path come with the identity; bytes of a name that are not UTF-8 are escaped."""
    path = write(event_lines(5), os.fsdecode(b"caf\xe9"))
    identity = opened(path).identity
    info = path.stat()

    assert (info.st_dev, info.st_ino, f"{path.parent}/caf\\xe9") == (
        identity.device,
        identity.inode,
        identity.path,
    )


def test_holes_of_nul_do_not_make_logs_alike(write, opened, event_lines):
    """Two logs that begin with NUL bytes are told apart by what follows; the offsets count the NUL bytes."""
    hole = bytes(3 * HEAD_BYTES_MAX)
    content = event_lines(100)
    source = opened(write(hole + content, "a"))
    other = opened(write(hole + event_lines(100, session="0123456789ab"), "b"))

    assert (len(hole), content[:HEAD_BYTES_MAX], False) == (
        source.hole_bytes,
        source.head,
        other.matches(source.identity),
    )
    assert hole + content == b"".join(source.blocks())


@pytest.mark.parametrize("offset", [0, 1, 255, 256, 257, 5000, 90_000])
def test_a_marker_is_verified_in_every_form(write, pack, opened, form, event_lines, offset):
    """The marker of the bytes before an offset holds in the log and in its packed copies, and only there."""
    content = event_lines(1000)
    source = opened(write(pack(form, content)))
    marker = marker_of(content[max(0, offset - 256) : offset])

    assert (True, False, False) == (
        source.verify_marker(offset, marker),
        source.verify_marker(offset + 1, marker),
        source.verify_marker(offset, marker_of(b"other")),
    )


def test_a_marker_behind_the_end_does_not_hold(write, pack, opened, form, event_lines):
    """A shorter log never has the marker of a place that it does not reach."""
    content = event_lines(1000)
    source = opened(write(pack(form, content)))

    assert (None, False) == (
        source.marker_at(len(content) + 1),
        source.verify_marker(len(content) + 1, marker_of(content)),
    )
