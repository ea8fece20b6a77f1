"""nacre show: one session from its first event to its last."""

from __future__ import annotations

import json

import click

from nacre.cli import wiring
from nacre.cli.options import json_option, raw_option, sensor_option
from nacre.insight.show import find_sessions, show_document, show_lines
from nacre.settings import Settings

EXAMPLES = """\b
Examples:
  nacre show 5f3a9c11d0b4
  nacre show 5f3a --sensor attic
  nacre show 5f3a9c11d0b4 --json | jq '.sessions[0].timeline[].payload.input'
"""


@click.command(epilog=EXAMPLES)
@click.argument("session")
@sensor_option
@raw_option
@json_option
@click.pass_obj
def command(settings: Settings, session: str, sensors: tuple[str, ...], is_raw: bool, is_json: bool) -> None:
    """Show a session: what is known of it, then each event with its time, and the time since the first.

    SESSION is Cowrie's session id, or the beginning of it where no other begins like that. When several
    sensors have a session of that id, all are shown.
    """
    reader = wiring.open_reader(settings, snapshot=True)
    try:
        found = find_sessions(reader, session, sensors=sensors)
        if is_json:
            click.echo(json.dumps(show_document(reader, found), indent=2))
            return
        for line in show_lines(reader, found, is_raw=is_raw):
            click.echo(line)
    finally:
        reader.close()
