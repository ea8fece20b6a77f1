"""Files that came into the honeypot, or should have."""

from typing import TypeAlias

from msgspec import UNSET

from nacre.parse.events.envelope import Envelope, Text, Truth


class FileDownload(Envelope, tag="cowrie.session.file_download", kw_only=True):
    """A file was fetched, or written by a redirection or from standard input."""

    url: Text = UNSET  # where it came from; absent for what was redirected or typed
    outfile: Text = UNSET  # where Cowrie keeps it; "" when the download was empty
    shasum: Text = UNSET  # SHA-256 of it, in hex; "" when the download was empty
    destfile: Text = UNSET  # where the attacker wanted it; may be ""
    duplicate: Truth = UNSET  # whether the same file came before; since 1.5.3
    unique: Truth = UNSET  # the opposite; in the Python 3 port of 2018 only
    realm: Text = UNSET  # the command that read it from standard input; up to v3.0.10
    input: Text = UNSET  # the line that the command read; up to v3.0.10


class FileDownloadFailed(Envelope, tag="cowrie.session.file_download.failed", kw_only=True):
    """A file should have been fetched and was not. Since v1.3.0."""

    url: Text = UNSET  # where it should have come from
    error: Text = UNSET  # why it did not; since v3.0.6


class FileUpload(Envelope, tag="cowrie.session.file_upload", kw_only=True):
    """A file was sent by SFTP or SCP."""

    filename: Text = UNSET  # its name, as the client gave it
    outfile: Text = UNSET  # where Cowrie keeps it; for SCP only the name there
    shasum: Text = UNSET  # SHA-256 of it, in hex
    duplicate: Truth = UNSET  # whether the same file came before; SCP
    url: Text = UNSET  # the path that the client gave; SCP
    destfile: Text = UNSET  # where the attacker wanted it; SCP


TransferEvent: TypeAlias = FileDownload | FileDownloadFailed | FileUpload
