"""The registry: one struct for each event id that Cowrie writes or ever wrote.

Evidence: Cowrie's src/cowrie/core/eventids.py and docs/OUTPUT.rst, the arguments of every emitting call from
2015 to 2026, and 1.29 million real lines of 42 public collections.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias, get_args

import msgspec

from nacre.parse.events.client import ClientEvent
from nacre.parse.events.command import CommandEvent
from nacre.parse.events.envelope import Envelope, UnknownEvent
from nacre.parse.events.forward import ForwardEvent
from nacre.parse.events.legacy import LegacyEvent
from nacre.parse.events.login import LoginEvent
from nacre.parse.events.plugin import PluginEvent
from nacre.parse.events.proxy import ProxyEvent
from nacre.parse.events.session import SessionEvent
from nacre.parse.events.telnet import TelnetEvent
from nacre.parse.events.transfer import TransferEvent

__all__ = ["EVENTS", "Envelope", "Event", "UnknownEvent", "decode_strict"]

CurrentEvent: TypeAlias = (
    SessionEvent
    | ClientEvent
    | LoginEvent
    | CommandEvent
    | TransferEvent
    | ForwardEvent
    | TelnetEvent
    | ProxyEvent
    | PluginEvent
)
Event: TypeAlias = CurrentEvent | LegacyEvent


def _tag(struct: type[Envelope]) -> str:
    return str(struct.__struct_config__.tag)


# The tag says the id once. KIPP and COW structs inherit the id of today from the struct that they extend.
for _struct in get_args(CurrentEvent):
    _struct.EVENTID = _tag(_struct)

EVENTS: Mapping[str, type[Envelope]] = MappingProxyType({_tag(each): each for each in get_args(Event)})

decode_strict: Callable[[bytes], Event] = msgspec.json.Decoder(Event).decode
"""Decode a line that holds nothing but what its struct knows; raises msgspec.DecodeError or ValidationError.

Of a key that is written twice the last value counts. Text is not checked for what no store can hold.
"""
