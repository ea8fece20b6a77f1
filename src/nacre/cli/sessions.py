"""nacre sessions: a list, newest first, with filters."""

from __future__ import annotations

import json
from typing import Any

import click

from nacre.cli import wiring
from nacre.cli.options import Moment, json_option, raw_option, sensor_option
from nacre.insight.sessions import Filters, list_sessions, page_document, page_lines
from nacre.settings import Settings

EXAMPLES = """\b
Examples:
  nacre sessions --success --min-commands 5
  nacre sessions --ip 192.0.2.7 --since 2024-03-01 --until 2024-04-01
  nacre sessions --username root --password 123456 --limit 20 --json
"""


@click.command(epilog=EXAMPLES)
@sensor_option
@click.option("--since", "since_us", type=Moment(), help="First event at this time or later.")
@click.option("--until", "until_us", type=Moment(), help="First event before this time.")
@click.option("--ip", metavar="ADDRESS", help="From this address.")
@click.option("--username", metavar="NAME", help="Tried this user name; with --password the two together.")
@click.option("--password", metavar="TEXT", help="Tried this password.")
@click.option("--command", metavar="TEXT", help="Entered this whole command line.")
@click.option("--client", metavar="TEXT", help="With this version of the client, in full.")
@click.option("--hassh", metavar="MD5", help="With this HASSH.")
@click.option("--url", metavar="URL", help="Fetched this URL, or tried to.")
@click.option("--file", metavar="SHA256", help="Brought this file.")
@click.option("--protocol", type=click.Choice(["ssh", "telnet"]), help="Over this protocol.")
@click.option(
    "--success/--failed",
    "succeeded",
    default=None,
    help="With a login that succeeded, or with failed ones only.",
)
@click.option(
    "--min-commands",
    "commands_min",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="With N commands or more.",
)
@click.option("--has-download", is_flag=True, help="That downloaded something.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many at most.")
@click.option("--after", metavar="CURSOR", help="Go on where the page before ended.")
@raw_option
@json_option
@click.pass_obj
def command(
    settings: Settings,
    /,
    limit: int,
    after: str | None,
    is_raw: bool,
    is_json: bool,
    has_download: bool,
    **filters: Any,
) -> None:
    """List sessions, newest first, that meet all of the filters.

    Values are compared whole, as they are stored. When there are more, the list ends with a cursor for
    --after.
    """
    asked = Filters(downloads_min=1 if has_download else 0, **filters)
    reader = wiring.open_reader(settings, snapshot=True)
    try:
        page = list_sessions(reader, asked, limit=limit, after=after)
    finally:
        reader.close()
    if is_json:
        click.echo(json.dumps(page_document(page), indent=2))
        return
    for line in page_lines(page, is_raw=is_raw):
        click.echo(line)
    if page.next:
        click.echo(f"more: --after {page.next}", err=True)
