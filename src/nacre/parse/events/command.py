"""What was typed into the shell, and the recording of it."""

from typing import TypeAlias

from msgspec import UNSET

from nacre.parse.events.envelope import Envelope, Seconds, Text, Truth, Whole


class CommandInput(Envelope, tag="cowrie.command.input", kw_only=True):
    """A line was given to the shell. One line may hold several commands, or a script of many lines."""

    realm: Text = UNSET  # the command that read the line, where it was not the shell
    input: Text = UNSET  # the line


class CommandSuccess(Envelope, tag="cowrie.command.success", kw_only=True):
    """A command that Cowrie knows was run. Written for every command up to v1.2, rarely since."""

    realm: Text = UNSET  # the command that read the line, such as "passwd"
    input: Text = UNSET  # the command, or the line
    command: Text = UNSET  # the command; in v1.3 only


class CommandFailed(Envelope, tag="cowrie.command.failed", kw_only=True):
    """A command that Cowrie does not know was run."""

    input: Text = UNSET  # the command


class CommandChpasswd(Envelope, tag="cowrie.command.chpasswd", kw_only=True):
    """Somebody tried to change a password with chpasswd. Since v3.0.4."""

    realm: Text = UNSET  # always "chpasswd"
    username: Text = UNSET  # whose password


class LogOpen(Envelope, tag="cowrie.log.open", kw_only=True):
    """The recording of a terminal began. Not written since 1.4.1."""

    ttylog: Text = UNSET  # path of the recording, as Cowrie sees it


class LogClosed(Envelope, tag="cowrie.log.closed", kw_only=True):
    """The recording of a terminal is finished. A session can have several."""

    ttylog: Text = UNSET  # path of the recording; the same input leads to the same file since 1.5.3
    size: Whole = UNSET  # bytes in the recording
    shasum: Text = UNSET  # SHA-256 of what was typed, not of the recording; since 1.4.1
    duplicate: Truth = UNSET  # whether the same was typed before; since 1.5.3
    duration: Seconds = UNSET  # how long it lasted, in seconds, up to v3.0.3
    duration_ms: Whole = UNSET  # the same in milliseconds, since v3.0.4


CommandEvent: TypeAlias = CommandInput | CommandSuccess | CommandFailed | CommandChpasswd | LogOpen | LogClosed
