"""Accept what Cowrie writes, refuse what it does not, and say why."""

import os
import socket
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from nacre.sources import Compression, SkipReason

EVENT = b'{"eventid":"cowrie.session.connect","src_ip":"203.0.113.3","session":"2d4c19c21159"}\n'
IDENTITY_FIRST = b'{"session":"9264a5b264d9","protocol":"ssh","src_ip":"203.0.113.5","src_port":40000,"input":"'

ACCEPTED = {
    "one event": EVENT,
    "2015": b'{"eventid": "KIPP0001", "session": "abcd0123"}\n',
    "January 2016": b'{"eventid": "COW0003", "session": "abcd0123"}\n',
    "spaces": b'{"src_ip": "203.0.113.3", "eventid" : "cowrie.login.failed"}\n',
    "byte-order mark": b"\xef\xbb\xbf" + EVENT,
    "CRLF": EVENT.replace(b"\n", b"\r\n"),
    "array in one line": b"[" + EVENT.strip() + b"," + EVENT.strip() + b"]",
    "array of lines": b"[\n" + EVENT.strip() + b",\n" + EVENT + b"]\n",
    "object of events": b'{"events":[' + EVENT.strip() + b"]}",
    "pretty": b'{\n    "eventid": "cowrie.session.connect",\n    "session": "2d4c19c21159"\n}\n',
    "middle of a pretty array": b'      "ssh-rsa"\n    ],\n    "eventid": "cowrie.client.kex"\n  },\n',
    "second half of a line first": b'19c21159","sensor":"a"}\n' + EVENT,
    "torn": EVENT[:40],
    "torn in the first key": b'{"eve',
    "torn in the first value": b'{"eventid": "cow',
    "torn in the session": b'{"session":"9264a5',
    "torn after the session": b'{"session":"9264a5b264d9","prot',
    "identity first, torn": IDENTITY_FIRST,
    "twelve megabytes before the event id": IDENTITY_FIRST + b"A" * 12_000_000 + b'","eventid":"cowrie.command"}\n',
    "two megabytes of kexAlgs before it": b'{"input":"' + b"A" * 2_000_000 + b'","eventid":"cowrie.command.input"}',
    "short hole": bytes(300) + EVENT,
    "hole of two megabytes": bytes(2_000_000) + EVENT,
    "hole after the first event": EVENT + bytes(100_000) + EVENT,
    "half a megabyte of other lines first": b"Jan 26 03:44:20 host kernel: boring\n" * 14_000 + EVENT,
    "some bytes mangled": EVENT * 10 + bytes(range(1, 32)) * 4 + b"\n" + EVENT,
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_evidence_of_cowrie_is_accepted(write, opened, name):
    """A file in which Cowrie's events can be found is a source, with all of its bytes."""
    content = ACCEPTED[name]

    assert content == b"".join(opened(write(content)).blocks())


def test_evidence_is_looked_for_in_the_content(write, pack, opened, form):
    """A long hole and a late event are found in every form."""
    content = bytes(1_500_000) + b"text\n" * 50_000 + EVENT
    source = opened(write(pack(form, content)))

    assert (1_500_000, b"text\n") == (source.hole_bytes, source.head[:5])


IPTABLES = (
    b"Jan 26 03:44:20 sensor kernel: [1234.5] INPUT: IN=eth0 OUT= MAC=00:16:3e SRC=203.0.113.9 "
    b"DST=198.51.100.7 LEN=40 TTL=244 PROTO=TCP SPT=51234 DPT=23 WINDOW=1024 SYN URGP=0\n"
)
WEB = (
    b'{"time": "2024-11-26T00:01:02.345", "headers": {"host": "198.51.100.7", "user-agent": "z"}, '
    b'"sip": "203.0.113.9", "dip": "198.51.100.7", "method": "GET", "url": "/.env", '
    b'"data": "{\\"eventid\\":\\"cowrie.fake\\"}", "response_id": {"comment": null}}\n'
)
TEXT_LOG = (
    b"2020-01-26T03:44:20+0000 [cowrie.ssh.factory.CowrieSSHFactory] New connection: 203.0.113.9:34708\n"
    b'2020-01-26T03:44:29+0000 [SSHChannel (0)] CMD: echo {"eventid":"cowrie.fake","session":"0123"}\n'
)
HPFEEDS = (
    b'{"session": "0123456789ab", "startTime": "2022-03-04T05:06:07.000000Z", "endTime": "", "peerIP": '
    b'"203.0.113.9", "peerPort": 51234, "loggedin": null, "credentials": [["root", "admin"]], '
    b'"protocol": "ssh"}\n'
)

REFUSED = {
    "no bytes": (b"", SkipReason.EMPTY, "no bytes"),
    "blank lines": (b"\n\n \n", SkipReason.EMPTY, "nothing but blanks"),
    "NUL bytes": (bytes(100_000), SkipReason.EMPTY, "nothing but 100000 NUL bytes"),
    "iptables": (IPTABLES * 400, SkipReason.FOREIGN, "kernel or firewall log"),
    "web honeypot": (WEB * 400, SkipReason.FOREIGN, "JSON without a Cowrie event id"),
    "text log": (TEXT_LOG * 400, SkipReason.FOREIGN, "Cowrie's text log, not its JSON log"),
    "hpfeeds": (HPFEEDS * 400, SkipReason.FOREIGN, "JSON without a Cowrie event id"),
    "prose": (b"To be, or not to be\n", SkipReason.FOREIGN, "text without a Cowrie event"),
    "another eventid": (
        b'{"eventid":"dionaea.connection"}\n',
        SkipReason.FOREIGN,
        "JSON without a Cowrie event id",
    ),
    "one long line": (b"A" * 40_000_000, SkipReason.FOREIGN, "text without a Cowrie event"),
    "ELF": (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00" * 50, SkipReason.BINARY, "an executable"),
    "noise": (bytes(range(256)) * 300, SkipReason.BINARY, "10 % control characters"),
    "recording": (b"\x01" + bytes(23) + b"\x03" + EVENT, SkipReason.BINARY, "a terminal recording"),
    "zip": (b"PK\x03\x04" + EVENT * 10, SkipReason.BINARY, "a zip archive: extract it first"),
    "UTF-16": (EVENT.decode().encode("utf-16"), SkipReason.BINARY, "UTF-16 text: convert it to UTF-8 first"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_a_log_is_refused(write, skipped, name):
    """A file without Cowrie's events is skipped, with the reason and what it seems to be."""
    content, reason, detail = REFUSED[name]
    refusal = skipped(write(content))

    assert (reason, detail) == (refusal.reason, refusal.detail)


def test_other_logs_are_foreign_in_every_form(write, pack, skipped, form):
    """Compression does not make a foreign log anything else."""
    refusal = skipped(write(pack(form, WEB * 400)))

    assert SkipReason.FOREIGN == refusal.reason


def test_a_database_of_events_is_not_a_log(tmp_path, skipped):
    """A SQLite file that holds Cowrie's lines is refused by its own magic."""
    path = tmp_path / "store.json"
    database = sqlite3.connect(path)
    with database:
        database.execute("CREATE TABLE raw (number INTEGER, line TEXT)")
        database.executemany("INSERT INTO raw VALUES (10, ?)", [(EVENT.decode(),)] * 100)
    database.close()

    assert "a SQLite database" == skipped(path).detail


def test_a_tar_of_logs_must_be_extracted(tmp_path, write, skipped):
    """An archive of several files is refused with advice, for its headers are not lines."""
    log = write(EVENT * 10, "cowrie.json")
    with tarfile.open(tmp_path / "logs.tar.gz", "w:gz") as tar:
        tar.add(log)

    assert "a tar archive: extract it first" == skipped(tmp_path / "logs.tar.gz").detail


def test_an_archive_of_nothing_is_empty(write, pack, skipped, packed_form):
    """A well-formed archive without content is empty, not damaged."""
    refusal = skipped(write(pack(packed_form, b"")))

    assert (SkipReason.EMPTY, f"an empty {packed_form} archive") == (refusal.reason, refusal.detail)


def test_an_archive_cut_before_its_content_is_corrupt(write, pack, skipped, packed_form):
    """An archive of which nothing can be read is reported as such."""
    refusal = skipped(write(pack(packed_form, EVENT)[:11]))

    assert (SkipReason.CORRUPT, f"the {packed_form} data stops in mid-stream") == (
        refusal.reason,
        refusal.detail,
    )


def test_packing_twice_is_not_unpacked_twice(write, pack, skipped):
    """A gzip file in a gzip file is named as what it is."""
    path = write(pack(Compression.GZIP, pack(Compression.GZIP, EVENT)))

    assert "compressed twice" == skipped(path).detail


def test_special_files_are_not_opened(tmp_path, skipped):
    """A FIFO, a socket, a device and a directory are skipped at once, without waiting for a writer."""
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
    paths = (tmp_path / "fifo", tmp_path / "socket", Path("/dev/null"), tmp_path)
    refusals = [skipped(path) for path in paths]

    assert {SkipReason.SPECIAL} == {refusal.reason for refusal in refusals}
    assert ["a FIFO", "a socket", "a device", "a directory"] == [refusal.detail for refusal in refusals]


def test_what_is_not_there_is_no_such_file(tmp_path, skipped):
    """A missing file, a dangling link and a loop of links are told apart."""
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    refusals = [skipped(tmp_path / name) for name in ("missing", "dangling", "loop", "nul\0byte")]

    assert {SkipReason.NO_SUCH} == {refusal.reason for refusal in refusals}
    assert ["no such file", "symbolic link to nothing", "symbolic links in a loop", "no such file"] == [
        refusal.detail for refusal in refusals
    ]


def test_a_file_that_cannot_be_read_is_unreadable(skipped):
    """A regular file whose first read fails is skipped with the system's words."""
    refusal = skipped(Path("/proc/self/mem"))

    assert (SkipReason.UNREADABLE, "Input/output error") == (refusal.reason, refusal.detail)


def test_a_file_of_another_user_is_unreadable(tmp_path):
    """Without permission a file is skipped as unreadable, and a directory found unreadable too."""
    log = tmp_path / "cowrie.json"
    log.write_bytes(EVENT)
    log.chmod(0o000)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.name.startswith(("pytest", "test", tmp_path.name)):
            folder.chmod(0o755)
    script = (
        "import os, sys; from pathlib import Path; from nacre.sources import discover, open_source\n"
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "print(open_source(Path(sys.argv[1])).reason, *[item.reason for item in discover([sys.argv[2]])])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(log), str(closed)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    closed.chmod(0o755)

    assert "unreadable unreadable\n" == run.stdout


def test_a_sparse_hole_takes_no_time(tmp_path, opened):
    """A hole of four terabytes that takes no space on disk is jumped over, not read."""
    path = tmp_path / "log"
    with path.open("wb") as log:
        log.seek(4 << 40)
        log.write(EVENT)
    source = opened(path)

    assert (4 << 40, EVENT) == (source.hole_bytes, source.head)


def test_importing_the_reader_is_light():
    """A worker that imports the reading side gets no database, terminal or codec library with it."""
    script = (
        "import sys, nacre.sources\n"
        "heavy = {'sqlalchemy', 'rich', 'click', 'msgspec', 'bz2', 'lzma', 'isal', 'backports'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert "[]\n" == run.stdout
