"""Start Cowrie with one thing changed: wget and curl may reach 127.0.0.1, where the test's own web server is.

Run by Cowrie's interpreter, with twistd's arguments. Cowrie refuses every address that is not global and has no
setting for it; nothing else of it is changed.
"""

import ipaddress
import sys

from cowrie.core import network  # type: ignore[import-not-found]
from twisted.scripts.twistd import run  # type: ignore[import-not-found]

is_blocked = network._is_blocked


def is_blocked_elsewhere(ip: "ipaddress.IPv4Address | ipaddress.IPv6Address") -> bool:
    """Allow exactly 127.0.0.1; else as Cowrie says."""
    return ip != ipaddress.IPv4Address("127.0.0.1") and is_blocked(ip)


network._is_blocked = is_blocked_elsewhere
sys.argv[0] = "twistd"
run()
