"""The tree of errors: what a caller may conclude from the class alone."""

from __future__ import annotations

from nacre.errors import StoreError


def test_which_failures_of_a_store_may_pass() -> None:
    """Waiting may mend a lock, a full disk and rights; it mends neither a wrong file nor another reader's place."""
    children = {kind.__name__: kind.is_passing for kind in StoreError.__subclasses__()}

    assert StoreError.is_passing
    assert {
        "StoreLocked": True,
        "StoreFull": True,
        "StoreDenied": True,
        "NotAStore": False,
        "StoreTooNew": False,
        "StoreTooOld": False,
        "StoreCorrupt": False,
        "StoreGone": False,
        "CheckpointMoved": False,
        "SourceLeased": False,
    } == children
