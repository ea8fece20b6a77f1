"""What only a Cowrie that stands in front of a real machine writes."""

from typing import TypeAlias

from msgspec import UNSET

from nacre.parse.events.envelope import Envelope, Text, Whole, WholeOrText


class ProxyBackendConnected(Envelope, tag="cowrie.proxy.backend_connected", kw_only=True):
    """The real machine was reached. Since v2.9.3."""

    backend_ip: Text = UNSET  # its address
    backend_port: Whole = UNSET  # its port
    local_ip: Text = UNSET  # Cowrie's end of that connection
    local_port: Whole = UNSET  # the port to local_ip
    sessionno: WholeOrText = UNSET  # the server's running number of the connection, before v3.0.6


class ProxyBackendDisconnected(Envelope, tag="cowrie.proxy.backend_disconnected", kw_only=True):
    """The connection to the real machine was closed. Since v2.9.3."""

    backend_ip: Text = UNSET  # its address
    backend_port: Whole = UNSET  # its port
    local_ip: Text = UNSET  # Cowrie's end of that connection
    local_port: Whole = UNSET  # the port to local_ip
    sessionno: WholeOrText = UNSET  # the server's running number of the connection, before v3.0.6


class ProxyBackendConnectError(Envelope, tag="cowrie.proxy.backend_connect_error", kw_only=True):
    """The real machine could not be reached, so the attacker was dropped. Since v2.9.3."""

    backend_ip: Text = UNSET  # its address
    backend_port: Whole = UNSET  # its port
    error: Text = UNSET  # why not
    sessionno: WholeOrText = UNSET  # the server's running number of the connection, before v3.0.6


class ProxyClientDisconnect(Envelope, tag="cowrie.proxy.client_disconnect", kw_only=True):
    """The real machine hung up."""

    vm_id: WholeOrText = UNSET  # which of the pool's machines
    honey_ip: Text = UNSET  # its address, where there is no pool
    honey_port: WholeOrText = UNSET  # the port to honey_ip


class ProxySsh(Envelope, tag="cowrie.proxy.ssh", kw_only=True):
    """One SSH packet that passed through; only where the sensor is set to write it."""

    direction: Text = UNSET  # to the real machine or to the attacker
    packet: Text = UNSET  # SSH's name for the kind of packet
    payload: Text = UNSET  # its content, as Python's repr of the bytes


ProxyEvent: TypeAlias = (
    ProxyBackendConnected | ProxyBackendDisconnected | ProxyBackendConnectError | ProxyClientDisconnect | ProxySsh
)
