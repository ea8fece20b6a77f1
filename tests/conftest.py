"""Fixtures for all tests, and the table of real components that ends a run."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from tests.components import Evidence, Line, corpus_folder, find_corpus, table

TOOK_PART = pytest.StashKey[set[str]]()
EVIDENCE = pytest.StashKey[Evidence]()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real logs, or skip the test where there is none."""
    here, why = find_corpus()
    if not here:
        pytest.skip(why)
    return corpus_folder()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to listen to what the tests touch."""
    config.stash[TOOK_PART] = set()
    config.stash[EVIDENCE] = Evidence(corpus_folder())
    config.stash[EVIDENCE].listen()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist met."""
    node.config.stash[TOOK_PART].update(getattr(node, "workeroutput", {}).get("components", ()))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    """Print the table below pytest's own summary; where CI is set, an absent component fails the run."""
    config = session.config
    took_part = config.stash[TOOK_PART]
    took_part.update(config.stash[EVIDENCE].found())
    if hasattr(config, "workeroutput"):
        config.workeroutput["components"] = sorted(took_part)
        return (yield)
    lines = table(took_part)
    absent = [line.name for line in lines if line.is_absent] if os.environ.get("CI") else []
    if absent and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    result = yield
    print_table(config, lines, absent)
    return result


def print_table(config: pytest.Config, lines: list[Line], absent: list[str]) -> None:
    """Write the table to the terminal, and what an absent component means here."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    width = max(len(line.name) for line in lines)
    reporter.section("real components", sep="-")
    for line in lines:
        reporter.write_line(f"{line.name:<{width}}  {line.state:<11}  {line.detail}")
    if absent:
        reporter.write_line(f"CI is set, so this run failed: absent: {', '.join(absent)}", red=True)
