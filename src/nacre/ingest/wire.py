"""What the loader and its parsing processes say to each other: length-prefixed MessagePack frames."""

from __future__ import annotations

import os
import struct

import msgspec

from nacre.model.batch import Batch
from nacre.model.sensor import SensorNames

_LENGTH = struct.Struct("<Q")
PIECE_BYTES = 1024 * 1024


class Read(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """Loader to parser: read this source from `start` to its end and send its batches."""

    path: bytes  # as the file system has it
    name: str  # the path as text, for the rules of sensor names
    start: int
    closed: bool  # nothing will be appended any more, so a half last line is refused instead of held
    sensors: SensorNames
    line_bytes_max: int


class Resize(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """Loader to parser: close batches at this size from now on."""

    batch_bytes: int


class End(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """Parser to loader: the source has been read to its end."""

    position: int
    held_bytes: int  # of a last line that is not whole
    damage: str = ""  # kind of damage, if the content breaks off
    detail: str = ""
    lost: bool = False  # whether content is missing


class Failed(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """Parser to loader: the source could not be read at all."""

    detail: str


Order = Read | Resize
Answer = End | Failed

_encode = msgspec.msgpack.Encoder().encode
decode_order = msgspec.msgpack.Decoder(Order).decode
decode_answer = msgspec.msgpack.Decoder(Answer).decode
decode_batch = msgspec.msgpack.Decoder(Batch).decode

# The first byte of a frame from a parser. Batches are apart from the answers, so that their columns are decoded
# untagged.
BATCH = b"B"
ANSWER = b"A"


class Pipe:
    """One end of a pipe, unbuffered, so that a selector sees whatever is still to be read."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._fd

    def read(self, length: int) -> bytes:
        """Return exactly `length` bytes, fewer only at the end of the stream."""
        pieces: list[bytes] = []
        while length and (piece := os.read(self._fd, min(length, PIECE_BYTES))):
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)

    def write(self, data: bytes) -> None:
        """Write all of `data`; BrokenPipeError when the other end is gone."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]


def encode_frame(kind: bytes, message: msgspec.Struct) -> bytes:
    """Return a message as a frame."""
    body = _encode(message)
    return b"".join((_LENGTH.pack(len(body) + 1), kind, body))


def read_frame(pipe: Pipe) -> tuple[bytes, bytes] | None:
    """Read a frame as (kind, message); None at the end of the stream, also in the middle of a frame."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    body = pipe.read(length)
    if len(body) < length:
        return None
    return body[:1], body[1:]
