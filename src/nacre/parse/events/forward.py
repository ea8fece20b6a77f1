"""Attempts to reach others through the honeypot: dst_ip and dst_port are what the client wants."""

from typing import TypeAlias

from msgspec import UNSET

from nacre.parse.events.envelope import Envelope, Text, Whole, WholeOrText


class ForwardRequest(Envelope, tag="cowrie.direct-tcpip.request", kw_only=True):
    """The client asked for a connection to dst_ip:dst_port."""

    orig_ip: Text = UNSET  # where the connection comes from, as the client claims; since v3.0.6
    orig_port: Whole = UNSET  # the port to orig_ip; before v3.0.6 in src_port


class ForwardData(Envelope, tag="cowrie.direct-tcpip.data", kw_only=True):
    """The client sent something through a connection that Cowrie only pretended to make."""

    data: Text = UNSET  # what it sent, as Python's repr of the bytes
    id: WholeOrText = UNSET  # the SSH channel; since 1.9.7
    ormat: Text = UNSET  # the message's template under a mistyped name; 1.4.x


class ForwardRedirect(Envelope, tag="cowrie.direct-tcpip.redirect", kw_only=True):
    """The connection was made to another place, as the sensor is set to do."""

    new_ip: Text = UNSET  # where it was made to
    new_port: Whole = UNSET  # the port to new_ip
    orig_ip: Text = UNSET  # where the connection comes from, as the client claims; since v3.0.6
    orig_port: Whole = UNSET  # the port to orig_ip


class ForwardTunnel(Envelope, tag="cowrie.direct-tcpip.tunnel", kw_only=True):
    """The connection was made through a real proxy, as the sensor is set to do."""

    new_ip: Text = UNSET  # the proxy
    new_port: Whole = UNSET  # the port to new_ip
    orig_ip: Text = UNSET  # where the connection comes from, as the client claims; since v3.0.6
    orig_port: Whole = UNSET  # the port to orig_ip


class ForwardJa4(Envelope, tag="cowrie.direct-tcpip.ja4", kw_only=True):
    """What the client sent begins a TLS connection, of which this is the fingerprint. Since v2.9.0."""

    ja4: Text = UNSET  # the JA4 fingerprint


class ForwardJa4h(Envelope, tag="cowrie.direct-tcpip.ja4h", kw_only=True):
    """What the client sent is an HTTP request, of which this is the fingerprint. Since v2.9.0."""

    ja4h: Text = UNSET  # the JA4H fingerprint


class TunnelData(Envelope, tag="cowrie.tunnelproxy-tcpip.data", kw_only=True):
    """The client sent something through the real proxy."""

    data: Text = UNSET  # what it sent, as Python's repr of the bytes


ForwardEvent: TypeAlias = (
    ForwardRequest | ForwardData | ForwardRedirect | ForwardTunnel | ForwardJa4 | ForwardJa4h | TunnelData
)
