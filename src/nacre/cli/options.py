"""Options that several reading commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from nacre.errors import UsageError
from nacre.pressure import parse_rate, parse_size

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(click.ParamType[int]):
    """A day or an RFC 3339 time, as microseconds UTC; a time without a zone is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the time; raise UsageError that shows the right form."""
        if isinstance(value, int):
            return value
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            hint = "write it like 2026-11-24 or 2026-11-24T06:00:00Z"
            raise UsageError(f"{value!r} is not a time", hint=hint) from None
        aware = read if read.tzinfo else read.replace(tzinfo=UTC)
        return (aware - _EPOCH) // timedelta(microseconds=1)


class Quantity(click.ParamType[Any]):
    """What one of the parsers of `nacre.pressure` reads."""

    def __init__(self, name: str, parse: Callable[[str], Any], *, hint: str) -> None:
        self.name = name
        self._parse = parse
        self._hint = hint

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the quantity; raise UsageError that shows the right forms."""
        if not isinstance(value, str):
            return value
        try:
            return self._parse(value)
        except ValueError as exc:
            raise UsageError(str(exc), hint=self._hint) from None


RATE = Quantity("rate", parse_rate, hint="give --max-rate once for events, once for bytes")
SIZE = Quantity("size", parse_size, hint="0 switches the limit off")

json_option = click.option("--json", "is_json", is_flag=True, help="Print JSON.")
raw_option = click.option(
    "--raw",
    "is_raw",
    is_flag=True,
    help="Leave links and addresses clickable. Control characters stay escaped.",
)
sensor_option = click.option(
    "--sensor", "sensors", metavar="NAME", multiple=True, help="Only this sensor; may be given several times."
)
