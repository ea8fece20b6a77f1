"""Whatever happens to an archive, what is read is the beginning of its content, and the damage is said."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nacre.sources import Compression, DamageKind, Skipped, SkipReason, open_source

SAME_FOLDER = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path):
    """Return what can be read of a file and its damage; a refusal counts as nothing read."""
    source = open_source(path)
    if isinstance(source, Skipped):
        return b"", source
    with source:
        return b"".join(source.blocks()), source.damage


@pytest.fixture
def archive(pack, packed_form, event_lines):
    """Return content in two members and the archive, with the length of its first member."""
    parts = event_lines(40), event_lines(30, session="c")
    members = [pack(packed_form, part) for part in parts]
    return parts, b"".join(members), len(members[0])


def test_every_cut_gives_a_prefix_and_is_reported(write, archive):
    """For each length to which an archive is cut: a prefix of the content, and word of the damage."""
    parts, whole, boundary = archive
    wrong = []
    for cut in range(1, len(whole)):
        content, damage = read(write(whole[:cut]))
        if cut == boundary:  # an archive of one member: nobody can tell
            is_right = (content, damage) == (parts[0], None)
        elif isinstance(damage, Skipped):
            is_right = damage.reason in (SkipReason.CORRUPT, SkipReason.BINARY, SkipReason.FOREIGN)
            is_right = is_right and (damage.reason is SkipReason.CORRUPT or cut < 10)
        else:
            is_right = damage is not None and damage.kind is DamageKind.TRUNCATED
            is_right = is_right and b"".join(parts).startswith(content) and damage.offset == len(content)
        if cut > boundary:
            is_right = is_right and content.startswith(parts[0])
        if not is_right:
            wrong.append((cut, damage))

    assert [] == wrong


def test_no_flipped_bit_raises_or_passes(write, archive):
    """For each byte with a bit flipped: no exception, and damage is reported unless the content is right."""
    parts, whole, _ = archive
    content = b"".join(parts)
    wrong = []
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        found, damage = read(write(bytes(flipped)))
        if damage is None and found != content:
            wrong.append(place)

    assert [] == wrong


@SAME_FOLDER
@given(junk=st.binary(max_size=200), cut=st.integers(0, 400), start=st.integers(0, 9000))
def test_any_tail_is_survived(write, archive, junk, cut, start):
    """Junk in place of the end never raises, and reading from an offset is the tail of reading from 0."""
    parts, whole, _ = archive
    path = write(whole[: len(whole) - cut] + junk)
    source = open_source(path)
    if isinstance(source, Skipped):
        return
    with source:
        everything = b"".join(source.blocks())

        assert everything[start:] == b"".join(source.blocks(start))
        assert parts[0][:1] == everything[:1]


@SAME_FOLDER
@given(data=st.binary(max_size=4096), form=st.sampled_from(Compression))
def test_any_bytes_are_judged_without_raising(write, pack, data, form):
    """Arbitrary bytes, packed or not, are a source or skipped."""
    found, damage = read(write(pack(form, data)))

    assert isinstance(damage, Skipped) or data.startswith(found)


@SAME_FOLDER
@given(
    sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=5),
    block_bytes=st.integers(1, 100_000),
    start=st.integers(0, 500_000),
)
def test_blocks_are_slices_of_the_content(write, pack, packed_form, event_lines, sizes, block_bytes, start):
    """Any members, any block size, any offset: the blocks are the slices of the joined content."""
    parts = [event_lines(1), *[event_lines(size) for size in sizes]]
    content = b"".join(parts)
    with open_source(write(b"".join(pack(packed_form, part) for part in parts))) as source:
        expected = [content[at : at + block_bytes] for at in range(start, len(content), block_bytes)]

        assert expected == list(source.blocks(start, block_bytes))
