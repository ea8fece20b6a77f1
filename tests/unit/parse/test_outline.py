"""The members of deep objects, against the standard decoder wherever that one can go."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nacre.parse.outline import members_of

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner))


def depth_of(value: Any) -> int:
    """Return how many containers nest in a value."""
    if not isinstance(value, dict | list):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((depth_of(each) for each in inner), default=0)


@settings(deadline=None)
@given(document=st.dictionaries(st.text(max_size=5), values, max_size=5), indent=st.none() | st.integers(0, 2))
def test_members_are_those_of_the_decoder(document: dict[str, Any], indent: int | None) -> None:
    """Each member has its key, the JSON text of its value, and the depth of it."""
    members = members_of(json.dumps(document, indent=indent))
    found = [(json.loads(each.key), json.loads(each.value), each.depth) for each in members or ()]

    assert found == [(key, value, depth_of(value)) for key, value in document.items()]


TOKENS = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    "1",
    "-",
    "0",
    "1.5e3",
    "true",
    "nul",
    " ",
    '"\\u00e9"',
    '"\\x"',
    "NaN",
    '"',
]


@settings(deadline=None, max_examples=500)
@given(text=st.lists(st.sampled_from(TOKENS), max_size=9).map("".join))
@example(text='{"a":1,}')
@example(text='{"a":{}}}')
@example(text="[1,]")
@example(text="[,]")
@example(text='{"a" 1}')
@example(text="{1:2}")
@example(text="[}")
@example(text='{"a":[1 2]}')
def test_what_is_json_is_what_the_decoder_takes(text: str) -> None:
    """A text is refused exactly when the standard decoder refuses it or it is no container."""
    try:
        is_container = isinstance(json.loads(text), dict | list)
    except ValueError:
        is_container = False

    assert (members_of(text) is not None) == is_container


@pytest.mark.parametrize("text", ["[" * 200_000, "[" * 100_000 + "]" * 99_999, '{"a":' * 50_000 + "1" + "}" * 49_999])
def test_broken_depth_is_no_json(text: str) -> None:
    """However deep, a text that does not close is refused without recursion."""
    assert members_of(text) is None
