"""The door: the command line, and the one place where an error becomes an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

import click

from nacre import __version__
from nacre.cli.lazy import LazyGroup
from nacre.errors import NacreError
from nacre.model.present import terminal
from nacre.settings import load_settings

USAGE = 2
DEFECT = 70  # EX_SOFTWARE of sysexits.h: an error that nobody foresaw, told apart from findings (1)
INTERRUPTED = 130  # 128 + SIGINT
HUNG_UP = 141  # 128 + SIGPIPE: who read our output is gone, as with `| head`

COMMANDS = ("load", "status", "account", "report", "sessions", "show", "store", "demo", "generate")


class Door(LazyGroup):
    """The outermost group: whatever a command raises ends here."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; tell its error on standard error and leave with the code that stands for it."""
        try:
            return super().invoke(ctx)
        except NacreError as exc:
            _tell(exc, is_verbose=bool(ctx.params.get("verbose")))
            ctx.exit(exc.exit_code)
        except BrokenPipeError:
            _hang_up()
            ctx.exit(HUNG_UP)
        except KeyboardInterrupt:
            click.echo("nacre: interrupted", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=Door, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--store", metavar="PATH", help="The store; else NACRE_STORE, the settings file, nacre.db.")
@click.option("--config", metavar="FILE", help="The settings file; else NACRE_CONFIG, nacre.toml.")
@click.option("-v", "--verbose", is_flag=True, help="More talk, and the trace of an error.")
@click.version_option(__version__, prog_name="nacre", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, store: str | None, config: str | None, verbose: bool) -> None:
    """Keep every line of Cowrie honeypots, and report on it.

    Data goes to standard output, talk to standard error. Exit status: 0 fine, 1 a check found something,
    2 usage, 3 data, 4 store, 130 interrupted.
    """
    ctx.obj = load_settings({"store": store, "verbose": verbose or None}, config=config)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that is not UTF-8 gets an escape for a character that it does not have, not an error.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(args=None if argv is None else list(argv), prog_name="nacre", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as exc:
        click.echo(exc.format_message(), err=True)
        return USAGE
    except click.ClickException as exc:
        _complain(exc)
        return USAGE
    except click.Abort:
        click.echo("nacre: interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        _hang_up()
        return HUNG_UP
    except SystemExit as exc:
        code = exc.code
    except Exception as exc:  # noqa: BLE001 - the last door: Python would leave with 1, which means findings
        _tell(exc, is_verbose=True)
        return DEFECT
    return code if isinstance(code, int) else 0


def _complain(exc: click.ClickException) -> None:
    """Tell a mistake on the command line as every other error is told."""
    click.echo(f"nacre: {terminal(exc.format_message())}", err=True)
    context = getattr(exc, "ctx", None)
    if context is not None:
        click.echo(f"  next: {context.command_path} --help", err=True)


def _tell(exc: Exception, *, is_verbose: bool) -> None:
    if is_verbose:
        click.echo("".join(terminal_lines(traceback.format_exception(exc))), err=True, nl=False)
    defect = "" if isinstance(exc, NacreError) else f"a defect of nacre: {type(exc).__name__}: "
    click.echo(f"nacre: {defect}{terminal(str(exc))}", err=True)
    for cause in _causes(exc):
        click.echo(f"  because: {terminal(f'{type(cause).__name__}: {cause}')}", err=True)
    hint = getattr(exc, "hint", "")
    if hint:
        click.echo(f"  next: {terminal(hint)}", err=True)


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """Yield what led to an error, the deepest last."""
    seen = {id(exc)}
    while exc.__cause__ is not None and id(exc.__cause__) not in seen:
        exc = exc.__cause__
        seen.add(id(exc))
        yield exc


def terminal_lines(texts: Sequence[str]) -> Iterator[str]:
    """Yield the lines of some texts, each safe for a terminal."""
    for text in texts:
        yield from (f"{terminal(line)}\n" for line in text.splitlines())


def _hang_up() -> None:
    """Send what is still buffered nowhere: Python flushes when it ends, and would complain once more."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):  # no real standard output: nothing is left to flush
        return
    os.close(nowhere)
