"""Real files for the tests of the reading side, and what is written into them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from nacre.sources import Compression, Skipped, Source, open_source

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKERS: dict[Compression, Callable[[bytes], bytes]] = {
    Compression.PLAIN: lambda content: content,
    Compression.GZIP: lambda content: gzip.compress(content, mtime=0),
    Compression.BZIP2: bz2.compress,
    Compression.XZ: lzma.compress,
    # The command zstd writes a checksum, the library does not unless asked.
    Compression.ZSTD: lambda content: zstd.compress(content, options={zstd.CompressionParameter.checksum_flag: 1}),
}
PACKED = [form for form in Compression if form is not Compression.PLAIN]


def lines_of_events(count: int, session: str = "9264a5b264d9") -> bytes:
    """Return `count` lines as Cowrie 2.x writes them, all different."""
    return b"".join(
        b'{"eventid":"cowrie.command.input","input":"echo %d %d","session":"%s",'
        b'"timestamp":"2020-01-26T03:44:%02d.%06dZ"}\n'
        % (number, number * 7919 % 100003, session.encode(), number % 60, number)
        for number in range(count)
    )


@pytest.fixture
def event_lines() -> Callable[..., bytes]:
    """Return the maker of log lines."""
    return lines_of_events


@pytest.fixture
def pack() -> Callable[[Compression, bytes], bytes]:
    """Return the function that packs content as one member."""
    return lambda form, content: PACKERS[form](content)


@pytest.fixture(params=list(Compression), ids=str)
def form(request: pytest.FixtureRequest) -> Compression:
    """Return each form that a log may have."""
    return Compression(request.param)


@pytest.fixture(params=PACKED, ids=str)
def packed_form(request: pytest.FixtureRequest) -> Compression:
    """Return each compressed form."""
    return Compression(request.param)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return the function that writes bytes to a file with a name that tells nothing."""

    def write_file(content: bytes, name: str = "log") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write_file


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Source]]:
    """Return the function that opens a log which must be accepted, and close it afterwards."""
    with ExitStack() as stack:

        def open_log(path: Path) -> Source:
            source = open_source(path)
            assert isinstance(source, Source), source
            return stack.enter_context(source)

        yield open_log


@pytest.fixture
def skipped() -> Callable[[Path], Skipped]:
    """Return the function that opens a file which must be refused."""

    def open_other(path: Path) -> Skipped:
        refusal = open_source(path)
        if isinstance(refusal, Source):
            refusal.close()
        assert isinstance(refusal, Skipped), refusal
        return refusal

    return open_other
