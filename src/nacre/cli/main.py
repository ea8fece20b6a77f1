"""The door: the command line, and the one place where an error becomes an exit code."""

from __future__ import annotations

import errno
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any

import click

from nacre import __version__
from nacre.cli import streams
from nacre.cli.lazy import LazyGroup
from nacre.cli.stopping import Terminated
from nacre.errors import NacreError, UsageError
from nacre.model.present import terminal
from nacre.settings import load_settings

USAGE = 2
DEFECT = 70  # EX_SOFTWARE of sysexits.h: an error that nobody foresaw, told apart from findings (1)
INTERRUPTED = 130  # 128 + SIGINT
HUNG_UP = 141  # 128 + SIGPIPE: who read our output is gone, as with `| head`
TERMINATED = 143  # 128 + SIGTERM: a service manager, a container or a shutdown ends us
# What writing to standard output meets; all else that is written is a store or a named file, and told as such.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
AGAIN = "run the same command again; a load goes on where it stopped"

COMMANDS = ("load", "follow", "status", "account", "report", "sessions", "show", "store", "demo", "generate")


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
            streams.hang_up(sys.stdout)
            ctx.exit(HUNG_UP)
        except KeyboardInterrupt as exc:
            ctx.exit(_stop(exc))


@click.group(cls=Door, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--store", metavar="PATH", help="The store; else NACRE_STORE, the settings file, nacre.db.")
@click.option("--config", metavar="FILE", help="The settings file; else NACRE_CONFIG, nacre.toml.")
@click.option("-v", "--verbose", is_flag=True, help="More talk, and the trace of an error.")
@click.version_option(__version__, prog_name="nacre", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, store: str | None, config: str | None, verbose: bool) -> None:
    """Keep every line of Cowrie honeypots, and report on it.

    Data goes to standard output, talk to standard error. Exit status: 0 fine, 1 a check found something,
    2 usage, 3 data, 4 store, 70 a defect of nacre, 130 interrupted, 141 nobody reads the output, 143 ended by SIGTERM.
    """
    ctx.obj = load_settings({"store": store, "verbose": verbose or None}, config=config)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    streams.prepare()
    is_first = threading.current_thread() is threading.main_thread()
    if is_first and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)
    try:
        return _run(argv)
    finally:
        try:
            sys.stderr.flush()
        except OSError:  # nobody can be told; Python would leave with 120 for it
            streams.hang_up(sys.stderr)


def _run(argv: Sequence[str] | None) -> int:
    try:
        code = cli.main(args=None if argv is None else list(argv), prog_name="nacre", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as exc:
        streams.say(exc.format_message())
        return USAGE
    except click.ClickException as exc:
        _complain(exc)
        return USAGE
    except (click.Abort, KeyboardInterrupt) as exc:
        return _stop(exc.__cause__ or exc)
    except BrokenPipeError:
        streams.hang_up(sys.stdout)
        return HUNG_UP
    except SystemExit as exc:
        code = exc.code
    except Exception as exc:  # noqa: BLE001 - the last door: Python would leave with 1, which means findings
        if isinstance(exc, OSError) and exc.filename is None and exc.errno in NO_ROOM:
            return _refused(exc)
        _tell(exc, is_verbose=True)
        return DEFECT
    return code if isinstance(code, int) else 0


def _complain(exc: click.ClickException) -> None:
    """Tell a mistake on the command line as every other error is told."""
    streams.say(f"nacre: {terminal(exc.format_message())}")
    context = getattr(exc, "ctx", None)
    name = getattr(exc, "option_name", "")
    outermost = {each for option in cli.params for each in option.opts}
    if isinstance(exc, click.NoSuchOption) and name in outermost:
        streams.say(f"  next: {name} is an option of nacre itself, so it stands before the command: nacre {name} ...")
    else:
        streams.say(f"  next: {context.command_path if context is not None else 'nacre'} --help")


def _tell(exc: Exception, *, is_verbose: bool) -> None:
    if is_verbose:
        streams.say("".join(terminal_lines(traceback.format_exception(exc))).removesuffix("\n"))
    defect = "" if isinstance(exc, NacreError) else f"a defect of nacre: {type(exc).__name__}: "
    streams.say(f"nacre: {defect}{terminal(str(exc))}")
    for cause in _causes(exc):
        streams.say(f"  because: {terminal(f'{type(cause).__name__}: {cause}')}")
    hint = getattr(exc, "hint", "")
    if hint:
        streams.say(f"  next: {terminal(hint)}")


def _stop(exc: BaseException) -> int:
    """Say that somebody ended the command, and return the code for it."""
    is_term = isinstance(exc, Terminated)
    streams.say("nacre: ended by SIGTERM" if is_term else "nacre: interrupted")
    streams.say(f"  next: {AGAIN}")
    return TERMINATED if is_term else INTERRUPTED


def _refused(exc: OSError) -> int:
    """Tell that standard output takes nothing more, and return the code for it."""
    streams.hang_up(sys.stdout)
    refused = UsageError("cannot write to standard output", hint="make room where it goes, then run the command again")
    refused.__cause__ = exc
    _tell(refused, is_verbose=False)
    return refused.exit_code


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


def _terminate(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # whoever asks twice gets it at once
    raise Terminated
