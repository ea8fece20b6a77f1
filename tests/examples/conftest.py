"""The wheels that all tries of the examples install."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.examples.machine import Interpreter, interpreter, wheels


@pytest.fixture(scope="session")
def python() -> Interpreter:
    """Return the interpreter that the examples run on."""
    return interpreter()


@pytest.fixture(scope="session")
def wheel_folder(tmp_path_factory: pytest.TempPathFactory, python: Interpreter) -> Path:
    """Return a folder with all wheels; workers of pytest-xdist share it."""
    base = tmp_path_factory.getbasetemp()
    return wheels((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "wheels", python)
