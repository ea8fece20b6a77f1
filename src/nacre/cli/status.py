"""nacre status: how the store is."""

from __future__ import annotations

import json

import click

from nacre.cli import wiring
from nacre.cli.options import json_option
from nacre.insight.status import status_document, status_lines, store_status
from nacre.settings import Settings

EXAMPLES = """\b
Examples:
  nacre status
  nacre --store team.db status --json
"""


@click.command(epilog=EXAMPLES)
@json_option
@click.pass_obj
def command(settings: Settings, is_json: bool) -> None:
    """Show what the store holds, its sensors, the last runs, and what waits for a person.

    That is rejects, drift, gaps, and sources that are not complete; and what running followers are doing.
    """
    reader = wiring.open_reader(settings, snapshot=True)
    try:
        status = store_status(reader, wiring.followers(settings))
    finally:
        reader.close()
    click.echo(json.dumps(status_document(status), indent=2) if is_json else "\n".join(status_lines(status)))
