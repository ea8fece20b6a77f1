"""Events of 2015 and early 2016, before ids had names: KIPPnnnn up to v1.0.0-alpha, COWnnnn until v1.1.0.

Each is the event of today with another id, so each extends that event's struct and has its EVENTID.
"""

from typing import TypeAlias

from msgspec import UNSET

from nacre.parse.events.client import ClientFingerprint, ClientSize, ClientVar, ClientVersion
from nacre.parse.events.command import CommandFailed, CommandSuccess, LogClosed, LogOpen
from nacre.parse.events.envelope import WholeOrText
from nacre.parse.events.forward import ForwardData, ForwardRequest
from nacre.parse.events.login import LoginFailed, LoginSuccess
from nacre.parse.events.session import SessionClosed, SessionConnect, SessionInput
from nacre.parse.events.transfer import FileDownload, FileUpload


class Kipp0001(SessionConnect, tag="KIPP0001", kw_only=True):
    """A cowrie.session.connect."""


class Kipp0002(LoginSuccess, tag="KIPP0002", kw_only=True):
    """A cowrie.login.success."""


class Kipp0003(LoginFailed, tag="KIPP0003", kw_only=True):
    """A cowrie.login.failed."""


class Kipp0004(LogOpen, tag="KIPP0004", kw_only=True):
    """A cowrie.log.open."""


class Kipp0005(CommandSuccess, tag="KIPP0005", kw_only=True):
    """A cowrie.command.success."""


class Kipp0006(CommandFailed, tag="KIPP0006", kw_only=True):
    """A cowrie.command.failed."""


class Kipp0007(FileDownload, tag="KIPP0007", kw_only=True):
    """A cowrie.session.file_download."""


class Kipp0008(SessionInput, tag="KIPP0008", kw_only=True):
    """A cowrie.session.input."""


class Kipp0009(ClientVersion, tag="KIPP0009", kw_only=True):
    """A cowrie.client.version."""


class Kipp0010(ClientSize, tag="KIPP0010", kw_only=True):
    """A cowrie.client.size."""


class Kipp0011(SessionClosed, tag="KIPP0011", kw_only=True):
    """A cowrie.session.closed."""


class Kipp0012(LogClosed, tag="KIPP0012", kw_only=True):
    """A cowrie.log.closed."""


class Kipp0013(ClientVar, tag="KIPP0013", kw_only=True):
    """A cowrie.client.var."""


class Cow0001(SessionConnect, tag="COW0001", kw_only=True):
    """A cowrie.session.connect."""

    id: WholeOrText = UNSET  # the number of the connection


class Cow0002(LoginSuccess, tag="COW0002", kw_only=True):
    """A cowrie.login.success."""


class Cow0003(LoginFailed, tag="COW0003", kw_only=True):
    """A cowrie.login.failed."""


class Cow0004(LogOpen, tag="COW0004", kw_only=True):
    """A cowrie.log.open."""


class Cow0005(CommandSuccess, tag="COW0005", kw_only=True):
    """A cowrie.command.success."""


class Cow0006(CommandFailed, tag="COW0006", kw_only=True):
    """A cowrie.command.failed."""


class Cow0007(FileDownload, tag="COW0007", kw_only=True):
    """A cowrie.session.file_download."""


class Cow0008(SessionInput, tag="COW0008", kw_only=True):
    """A cowrie.session.input."""


class Cow0009(ClientVersion, tag="COW0009", kw_only=True):
    """A cowrie.client.version."""


class Cow0010(ClientSize, tag="COW0010", kw_only=True):
    """A cowrie.client.size."""


class Cow0011(SessionClosed, tag="COW0011", kw_only=True):
    """A cowrie.session.closed."""


class Cow0012(LogClosed, tag="COW0012", kw_only=True):
    """A cowrie.log.closed."""


class Cow0013(ClientVar, tag="COW0013", kw_only=True):
    """A cowrie.client.var."""


class Cow0014(ForwardRequest, tag="COW0014", kw_only=True):
    """A cowrie.direct-tcpip.request."""


class Cow0015(ForwardData, tag="COW0015", kw_only=True):
    """A cowrie.direct-tcpip.data."""


class Cow0016(ClientFingerprint, tag="COW0016", kw_only=True):
    """A cowrie.client.fingerprint."""


class Cow0017(FileUpload, tag="COW0017", kw_only=True):
    """A cowrie.session.file_upload."""


KippEvent: TypeAlias = (
    Kipp0001
    | Kipp0002
    | Kipp0003
    | Kipp0004
    | Kipp0005
    | Kipp0006
    | Kipp0007
    | Kipp0008
    | Kipp0009
    | Kipp0010
    | Kipp0011
    | Kipp0012
    | Kipp0013
)
CowEvent: TypeAlias = (
    Cow0001
    | Cow0002
    | Cow0003
    | Cow0004
    | Cow0005
    | Cow0006
    | Cow0007
    | Cow0008
    | Cow0009
    | Cow0010
    | Cow0011
    | Cow0012
    | Cow0013
    | Cow0014
    | Cow0015
    | Cow0016
    | Cow0017
)
LegacyEvent: TypeAlias = KippEvent | CowEvent
