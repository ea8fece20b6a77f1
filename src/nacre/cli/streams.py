"""Standard output and standard error, which may be closed, full, or read by nobody any more."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TextIO

import click


def prepare() -> None:
    """See to it that both streams exist and take any text."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who started us, as with `>&-`
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end
        elif hasattr(stream, "reconfigure"):
            # A terminal that is not UTF-8 gets an escape for a character that it does not have, not an error.
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Write a line to standard error; where that takes nothing, the exit code has to do."""
    with contextlib.suppress(OSError):
        click.echo(text, err=True)


def hang_up(stream: TextIO) -> None:
    """Send what is still buffered nowhere: Python flushes when it ends, and would complain once more."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
    except (OSError, ValueError):  # no real stream: nothing is left to flush
        return
    os.close(nowhere)
