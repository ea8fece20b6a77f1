"""Start Cowrie with one thing changed: wget and curl may reach 127.0.0.1, where the test's own web server is.

Run by Cowrie's interpreter, with twistd's arguments. Cowrie refuses every address that is not global and has no
setting for it; nothing else of it is changed. Releases before 3.0 look for their settings in the environment that
they are installed in; here they read them where the newer ones do.
"""

import ipaddress
import sys
from pathlib import Path

from cowrie.core import config  # type: ignore[import-not-found]

# Before anything else of Cowrie is imported: many of its classes read the settings when they are made.
if Path("etc/old.cfg").is_file():
    config.CowrieConfig.read(["etc/old.cfg", "etc/cowrie.cfg"])

from cowrie.core import network
from twisted.scripts.twistd import run  # type: ignore[import-not-found]

LOOPBACK, OURS = ipaddress.IPv4Network("127.0.0.0/8"), ipaddress.IPv4Network("127.0.0.1/32")


def allow_ours() -> None:
    """Allow exactly 127.0.0.1; else as Cowrie says."""
    if hasattr(network, "_is_blocked"):
        is_blocked = network._is_blocked
        network._is_blocked = lambda ip: ip != OURS.network_address and is_blocked(ip)
    else:  # before 3.0
        others = [str(each) for each in LOOPBACK.address_exclude(OURS)]
        network.BLOCKED_IPS[:] = [each for each in network.BLOCKED_IPS if each != str(LOOPBACK)] + others


allow_ours()
sys.argv[0] = "twistd"
run()
