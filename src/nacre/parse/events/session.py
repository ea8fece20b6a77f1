"""A connection from its first to its last event."""

from typing import TypeAlias

from msgspec import UNSET

from nacre.parse.events.envelope import Envelope, Seconds, Text, Whole, WholeOrText


class SessionConnect(Envelope, tag="cowrie.session.connect", kw_only=True):
    """Somebody connected: the first event of every session."""

    sessionno: WholeOrText = UNSET  # the server's running number of the connection, before v3.0.6


class SessionClosed(Envelope, tag="cowrie.session.closed", kw_only=True):
    """The connection is gone. Events that come after it are marked late."""

    duration: Seconds = UNSET  # how long it lasted, in seconds, up to v3.0.3
    duration_ms: Whole = UNSET  # the same in milliseconds, since v3.0.4


class SessionParams(Envelope, tag="cowrie.session.params", kw_only=True):
    """Which machine Cowrie pretends to be in this session. It says nothing in English."""

    arch: Text = UNSET  # the emulated architecture, such as "linux-x64-lsb"


class SessionInput(Envelope, tag="cowrie.session.input", kw_only=True):
    """A line that was typed into a command which was reading its standard input."""

    realm: Text = UNSET  # the command that read the line
    input: Text = UNSET  # the line


SessionEvent: TypeAlias = SessionConnect | SessionClosed | SessionParams | SessionInput
