"""What the loader and its parsing processes say to each other: length-prefixed MessagePack frames."""

from __future__ import annotations

import os
import struct

import msgspec

from nacre.model.batch import Batch
from nacre.model.sensor import SensorNames


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

# What a frame begins with: length of the message, and its kind. Batches are apart from the answers, so that their
# columns are decoded untagged.
_HEAD = struct.Struct("<Qc")
BATCH = b"B"
ANSWER = b"A"

# One message and the head that goes before it; apart, so that a batch of megabytes is never copied to be sent.
Frame = tuple[bytes, bytes]


def encode_frame(kind: bytes, message: msgspec.Struct) -> Frame:
    """Return a message as a frame."""
    body = _encode(message)
    return _HEAD.pack(len(body), kind), body


class Pipe:
    """One end of a pipe, unbuffered, so that a selector sees whatever is still to be read."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._buffer = bytearray()

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._fd

    def write(self, frame: Frame) -> None:
        """Write a whole frame; BrokenPipeError when the other end is gone."""
        for part in frame:
            view = memoryview(part)
            while view:
                view = view[os.write(self._fd, view) :]

    def read(self) -> tuple[bytes, memoryview] | None:
        """Read a frame as (kind, message); None at the end of the stream, also in the middle of a frame.

        The message lies in a buffer that the next call uses again: decode it before.
        """
        head = self._fill(_HEAD.size)
        if head is None:
            return None
        length, kind = _HEAD.unpack(head)
        body = self._fill(length)
        return None if body is None else (kind, body)

    def _fill(self, length: int) -> memoryview | None:
        if len(self._buffer) < length:
            self._buffer = bytearray(length)
        view = memoryview(self._buffer)[:length]
        done = 0
        while done < length:
            count = os.readv(self._fd, [view[done:]])
            if not count:
                return None
            done += count
        return view
