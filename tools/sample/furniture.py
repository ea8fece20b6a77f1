"""What a Cowrie on loopback is furnished with: settings, accounts, and what old releases do not bring along."""

from __future__ import annotations

from pathlib import Path

# Everything else is Cowrie's default, and so are the relative paths: no path of this machine reaches the log.
SETTINGS = """\
[honeypot]
sensor_name = {sensor}
uuid = 6f1e5f0e-2d3c-4b7a-9a51-0c6d1f2b3a47
timezone = UTC
logtype = {log_type}
internet_facing_ip = 198.51.100.10
internet_facing_ipv6 = 2001:db8::10
[shell]
wget_rate_limit_enabled = false
curl_rate_limit_enabled = false
[ssh]
listen_endpoints = {proxy}tcp:{ssh_port}:interface=127.0.0.1
[telnet]
enabled = true
cve_2026_24061_vulnerable = true
listen_endpoints = {proxy}tcp:{telnet_port}:interface=127.0.0.1
[output_jsonlog]
enabled = true
logfile = var/log/cowrie/cowrie.json
epoch_timestamp = false
"""

# Before 3.0 the package of PyPI had no defaults, and no files of the machine that Cowrie pretends to be.
OLD_SETTINGS = """\
[honeypot]
log_path = var/log/cowrie
state_path = var/lib/cowrie
download_path = var/lib/cowrie/downloads
ttylog_path = var/lib/cowrie/tty
ttylog = true
contents_path = honeyfs
etc_path = etc
data_path = {data}
hostname = svr04
wget_rate_limit_enabled = false
curl_rate_limit_enabled = false
[shell]
filesystem = {data}/fs.pickle
processes = {data}/cmdoutput.json
arch = linux-x64-lsb
[ssh]
enabled = true
rsa_public_key = var/lib/cowrie/ssh_host_rsa_key.pub
rsa_private_key = var/lib/cowrie/ssh_host_rsa_key
ecdsa_public_key = var/lib/cowrie/ssh_host_ecdsa_key.pub
ecdsa_private_key = var/lib/cowrie/ssh_host_ecdsa_key
ed25519_public_key = var/lib/cowrie/ssh_host_ed25519_key.pub
ed25519_private_key = var/lib/cowrie/ssh_host_ed25519_key
public_key_auth = ssh-rsa,ecdsa-sha2-nistp256,ssh-ed25519
sftp_enabled = true
forwarding = true
"""

# Stock Cowrie lets nearly everyone in at once; real attackers meet both answers.
ACCOUNTS = """\
root:x:!root
root:x:!123456
root:x:admin
root:x:1234
root:x:password
root:x:xc3511
root:x:vizxv
root:x:/^let me in/
admin:x:admin
admin:x:1234
pi:x:raspberry
ubnt:x:ubnt
test:x:test
*:x:/^let me in/
*:x:!*
"""

OLD_CONTENTS = {
    "passwd": "root:x:0:0:root:/root:/bin/bash\nphil:x:1000:1000:Phil,,,:/home/phil:/bin/bash\n",
    "group": "root:x:0:\nphil:x:1000:\n",
    "shadow": "root:*:15800:0:99999:7:::\nphil:*:15800:0:99999:7:::\n",
    "hostname": "svr04\n",
    "motd": "\nNo warranty.\n\n",
    "issue.net": "svr04\n",
}


def is_old(version: str) -> bool:
    """Tell whether a release lacks defaults of its own and the look at the working directory."""
    return int(version.partition(".")[0]) < 3


def write_old_parts(state: Path, environment: Path) -> None:
    """Write what a release before 3.0 needs beside the settings."""
    data = next(environment.glob("lib/python3*/site-packages/cowrie/data"))
    (state / "etc/old.cfg").write_text(OLD_SETTINGS.format(data=data))
    (state / "honeyfs/etc").mkdir(parents=True, exist_ok=True)
    for name, content in OLD_CONTENTS.items():
        (state / "honeyfs/etc" / name).write_text(content)
