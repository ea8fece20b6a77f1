"""Read content from any place of any form of log."""

import os
import tracemalloc
import zlib
from pathlib import Path

import pytest

from nacre.sources import BLOCK_BYTES, Compression, Damage, DamageKind, open_source


def test_content_is_the_same_whatever_packs_it(write, pack, opened, form, event_lines):
    """Every form gives the bytes that were packed."""
    content = event_lines(2000)
    source = opened(write(pack(form, content)))

    assert (content, form, None) == (b"".join(source.blocks()), source.compression, source.damage)


@pytest.mark.parametrize("start", [0, 1, 4095, 65536, 100_000, 10_000_000])
def test_blocks_begin_at_the_offset_asked_for(write, pack, opened, form, event_lines, start):
    """Blocks from an offset are the content from that offset, and nothing when it lies behind the end."""
    content = event_lines(2000)
    source = opened(write(pack(form, content)))

    assert content[start:] == b"".join(source.blocks(start))


@pytest.mark.parametrize("block_bytes", [1, 1000, 65536, 65537, 1 << 22])
def test_blocks_have_the_size_asked_for(write, pack, opened, form, event_lines, block_bytes):
    """All blocks but the last are of exactly the size asked for."""
    content = event_lines(1000)
    source = opened(write(pack(form, content)))
    expected = [content[at : at + block_bytes] for at in range(0, len(content), block_bytes)]

    assert expected == list(source.blocks(0, block_bytes))


def test_members_are_read_one_after_the_other(write, pack, opened, packed_form, event_lines):
    """Members that were appended to an archive continue the content."""
    parts = [event_lines(300), b"", event_lines(2, session="b"), event_lines(400, session="c")]
    source = opened(write(b"".join(pack(packed_form, part) for part in parts)))

    assert (b"".join(parts), None) == (b"".join(source.blocks()), source.damage)


def test_zeros_between_members_are_padding(write, pack, opened, packed_form, event_lines):
    """Zero bytes between members are passed over."""
    parts = [event_lines(300), event_lines(400, session="c")]
    source = opened(write(bytes(512).join(pack(packed_form, part) for part in parts)))

    assert (b"".join(parts), None) == (b"".join(source.blocks()), source.damage)


def test_zero_padding_is_reported_and_loses_nothing(write, pack, opened, event_lines):
    """Zero bytes after the last member of a gzip file are trailing bytes, not lost content."""
    content = event_lines(300)
    source = opened(write(pack(Compression.GZIP, content) + bytes(100_000)))
    read = b"".join(source.blocks())
    damage = Damage(DamageKind.TRAILING, len(content), "100000 zero bytes after the gzip data")

    assert (content, damage, False) == (read, source.damage, damage.loses_content)


def test_xz_padding_is_no_damage(write, pack, opened, event_lines):
    """Zero bytes after an xz stream belong to the format."""
    source = opened(write(pack(Compression.XZ, event_lines(300)) + bytes(512)))
    list(source.blocks())

    assert source.damage is None


def test_garbage_after_the_archive_is_reported(write, pack, opened, packed_form, event_lines):
    """Bytes after the last member that are none are counted and reported."""
    content = event_lines(300)
    source = opened(write(pack(packed_form, content) + b"xyz" * 100_000))
    read = b"".join(source.blocks())
    detail = f"300000 bytes after the {packed_form} data"

    assert (content, Damage(DamageKind.TRAILING, len(content), detail)) == (read, source.damage)


def test_a_member_cut_in_its_first_bytes_is_truncation(write, pack, opened, packed_form, event_lines):
    """An archive that ends within the magic of a further member is truncated."""
    content = event_lines(300)
    archive = pack(packed_form, content)
    source = opened(write(archive + archive[:2]))
    list(source.blocks())

    assert DamageKind.TRUNCATED == source.damage.kind


def test_skippable_frames_are_passed_over(write, pack, opened, event_lines):
    """A zstd file that begins with a skippable frame, as pzstd writes it, is recognised and read."""
    frame = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
    content = event_lines(300)
    source = opened(write(frame + pack(Compression.ZSTD, content) + frame))

    assert (content, None) == (b"".join(source.blocks()), source.damage)


def test_everything_before_the_damage_is_delivered(write, opened, event_lines):
    """A gzip file that turns invalid gives its content up to the last byte before that."""
    content = event_lines(20_000)[:1_270_001]
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    archive = packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)
    source = opened(write(archive + b"\x07" * 100_000))  # a block of the reserved type 3
    detail = "gzip: Error -1 Invalid deflate block found"

    assert (content, Damage(DamageKind.CORRUPT, len(content), detail)) == (
        b"".join(source.blocks()),
        source.damage,
    )


def test_a_wrong_checksum_is_reported(write, pack, opened, packed_form, event_lines):
    """Content that decodes but is not what was packed is delivered and called corrupt."""
    content = event_lines(2000)
    archive = bytearray(pack(packed_form, content))
    archive[-40 if packed_form is Compression.XZ else -6] ^= 1
    source = opened(write(bytes(archive)))
    list(source.blocks())

    assert DamageKind.CORRUPT == source.damage.kind


def test_an_archive_bomb_does_not_fill_memory(write, pack, opened, packed_form, event_lines):
    """Content a thousand times the size of its archive passes through a few blocks of memory."""
    content = event_lines(1) + b" " * 64 * 1024 * 1024
    path = write(pack(packed_form, content))
    size_bytes = len(content)
    del content
    tracemalloc.start()
    try:
        source = opened(path)
        read_bytes = sum(map(len, source.blocks()))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (size_bytes, True) == (read_bytes, peak_bytes < 6 * BLOCK_BYTES)


def test_an_xz_window_over_the_limit_is_refused(write, pack, skipped, event_lines):
    """An xz header that asks for more memory than the limit is damage, not an allocation."""
    archive = bytearray(pack(Compression.XZ, event_lines(10)))
    archive[12:20] = b"\x02\x00\x21\x01\x24\x00\x00\x00"  # block header: LZMA2 with a dictionary of 1 GiB
    archive[20:24] = zlib.crc32(archive[12:20]).to_bytes(4, "little")

    assert "xz: Memory usage limit exceeded" == skipped(write(bytes(archive))).detail


def test_a_growing_file_is_read_on(write, opened, event_lines):
    """What is appended while a plain log is open can be read from where reading ended."""
    path = write(event_lines(10))
    source = opened(path)
    first = b"".join(source.blocks())
    with path.open("ab") as log:
        log.write(b'{"eventid":"cowrie.new"}')

    assert b'{"eventid":"cowrie.new"}' == b"".join(source.blocks(len(first)))


def test_a_renamed_file_stays_open(write, opened, event_lines):
    """A log that is renamed and replaced while it is open keeps its content."""
    content = event_lines(10)
    path = write(content)
    source = opened(path)
    path.rename(path.with_name("log.1"))
    path.write_bytes(event_lines(5, session="other"))

    assert content == b"".join(source.blocks())


def test_reads_do_not_disturb_each_other(write, pack, opened, form, event_lines):
    """Two iterations over one source take turns and both give the content."""
    content = event_lines(1000)
    source = opened(write(pack(form, content)))
    pairs = list(zip(source.blocks(0, 1000), source.blocks(0, 1000), strict=True))

    assert [content] * 2 == [b"".join(side) for side in zip(*pairs, strict=True)]


def test_a_refusal_of_the_system_is_damage(write, pack, opened, form, event_lines):
    """A read error in mid-file ends the content and stands in the damage."""
    source = opened(write(pack(form, event_lines(2000))))
    reader, writer = os.pipe()
    os.dup2(reader, source._file.fileno())  # a pipe refuses to be read by position, as a bad disk refuses
    for end in (reader, writer):
        os.close(end)

    assert ([], Damage(DamageKind.IO, 0, "Illegal seek")) == (list(source.blocks()), source.damage)


def test_nothing_but_a_source_stays_open(write, skipped):
    """Refusing a file gives its descriptor back."""
    path = write(b"text\n")
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    for _ in range(10):
        skipped(path)

    assert before == len(list(descriptors.iterdir()))


def test_the_real_logs_are_accepted_and_whole(corpus):
    """Every real log opens, without damage, and begins like JSON."""
    paths = sorted((corpus / "logs").glob("*json*"))
    found = []
    for path in paths:
        with open_source(path) as source:
            first = next(source.blocks())[:1]
            found.append((path, first, source.damage))

    assert [(path, b"{", None) for path in paths] == found
    assert paths
