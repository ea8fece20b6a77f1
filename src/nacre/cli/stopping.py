"""Being asked to end: the first signal is answered in order, the second one at once."""

from __future__ import annotations

import signal
from threading import Event
from types import FrameType

ASKED = (signal.SIGINT, signal.SIGTERM)


class Terminated(KeyboardInterrupt):
    """SIGTERM came. It is answered like Ctrl-C, so that a load writes how its run ended and its processes end."""


class Stop(Event):
    """Is set when SIGINT or SIGTERM comes; the next one of either ends the process as the system does it."""

    def __init__(self) -> None:
        super().__init__()
        self.number: int | None = None  # the signal that came

    def listen(self) -> None:
        """Answer the signals from now on; for the main thread only."""
        for number in ASKED:
            signal.signal(number, self._heard)

    def raise_again(self) -> None:
        """Raise what Python raises for the signal that came, if one came."""
        if self.number is not None:
            raise Terminated if self.number == signal.SIGTERM else KeyboardInterrupt

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        for each in ASKED:
            signal.signal(each, signal.SIG_DFL)
        self.number = number
        self.set()
