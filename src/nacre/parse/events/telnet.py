"""What only Telnet has."""

from typing import TypeAlias

from msgspec import UNSET

from nacre.parse.events.envelope import Envelope, Text, Whole


class TelnetOption(Envelope, tag="cowrie.telnet.option", kw_only=True):
    """A step of the client's option negotiation; the sequence tells clients apart. Since v2.9.8."""

    command: Text = UNSET  # WILL, WONT, DO or DONT
    option_name: Text = UNSET  # the option's name
    option_byte: Whole = UNSET  # the option's number


class TelnetError(Envelope, tag="cowrie.telnet.error", kw_only=True):
    """What the client sent is not Telnet; Cowrie hangs up. Since v3.0.5."""

    error: Text = UNSET  # what was wrong


class TelnetExploitAttempt(Envelope, tag="cowrie.telnet.exploit_attempt", kw_only=True):
    """An environment variable that would bypass the login of a real telnetd. Since v2.9.8."""

    cve: Text = UNSET  # the weakness, "CVE-2026-24061"
    name: Text = UNSET  # of the variable
    value: Text = UNSET  # of the variable


class TelnetExploitSuccess(Envelope, tag="cowrie.telnet.exploit_success", kw_only=True):
    """Cowrie pretended that the bypass worked, as the sensor is set to do. Since v2.9.9."""

    cve: Text = UNSET  # the weakness
    username: Text = UNSET  # whom the client became
    original_username: Text = UNSET  # whom it was before
    attempted_command: Text = UNSET  # the command that it smuggled in


TelnetEvent: TypeAlias = TelnetOption | TelnetError | TelnetExploitAttempt | TelnetExploitSuccess
