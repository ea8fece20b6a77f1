"""What the client told about itself, on purpose or not."""

from typing import TypeAlias

from msgspec import UNSET

from nacre.parse.events.envelope import Envelope, Text, Texts, Whole


class ClientVersion(Envelope, tag="cowrie.client.version", kw_only=True):
    """The line with which an SSH client introduces itself. Scanners send HTTP or TLS instead."""

    version: Text = UNSET  # the line; Python's repr of it in v2.0 to v2.2
    kexAlgs: Texts = UNSET  # key exchange algorithms; up to v1.3, later in client.kex like the five below
    keyAlgs: Texts = UNSET  # host key algorithms
    encCS: Texts = UNSET  # ciphers
    macCS: Texts = UNSET  # message authentication codes
    compCS: Texts = UNSET  # compressions
    langCS: Texts = UNSET  # languages


class ClientKex(Envelope, tag="cowrie.client.kex", kw_only=True):
    """What the client offered for the SSH key exchange, and the fingerprint made of it."""

    hassh: Text = UNSET  # MD5 of hasshAlgorithms, in hex; since 1.5.1
    hasshAlgorithms: Text = UNSET  # key exchanges, ciphers, MACs, compressions; joined by ";"
    client_fingerprint: Text = UNSET  # the fingerprint of 1.4.x
    kexAlgs: Texts = UNSET  # key exchange algorithms, in the client's order
    keyAlgs: Texts = UNSET  # host key algorithms
    encCS: Texts = UNSET  # ciphers
    macCS: Texts = UNSET  # message authentication codes
    compCS: Texts = UNSET  # compressions
    langCS: Texts = UNSET  # languages, mostly [""]


class ClientFingerprint(Envelope, tag="cowrie.client.fingerprint", kw_only=True):
    """A login with a public key was tried."""

    username: Text = UNSET  # whom the client wants to be
    fingerprint: Text = UNSET  # MD5 of the key, as hex pairs with colons
    key: Text = UNSET  # the public key as OpenSSH writes it; since v1.3.0
    type: Text = UNSET  # the key's kind, such as "ssh-ed25519"; since v1.3.0


class ClientSize(Envelope, tag="cowrie.client.size", kw_only=True):
    """How large the client says its terminal is."""

    width: Whole = UNSET  # columns; up to 4294967295 was claimed
    height: Whole = UNSET  # rows


class ClientVar(Envelope, tag="cowrie.client.var", kw_only=True):
    """The client set an environment variable, over SSH or by Telnet NEW-ENVIRON."""

    name: Text = UNSET  # of the variable
    value: Text = UNSET  # of the variable


class ClientMalformedPacket(Envelope, tag="cowrie.client.malformed_packet", kw_only=True):
    """An SSH packet that Cowrie could not read; it hangs up. Since v3.0.6."""

    messagenum: Whole = UNSET  # SSH's number for the kind of packet
    datalen: Whole = UNSET  # bytes in the packet
    data: Text = UNSET  # its first 256 bytes, in hex


ClientEvent: TypeAlias = ClientVersion | ClientKex | ClientFingerprint | ClientSize | ClientVar | ClientMalformedPacket
