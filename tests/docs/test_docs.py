"""The documentation is held to the code: reference pages, commands in the README, links."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

import docs

ROOT = Path(__file__).resolve().parents[2]

PAGES = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")) if path.is_file())
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
NACRE = re.compile(r"(?:^ {4,}|`|&& |  )nacre (?:--store \S+ )?([a-z]+)", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings as GitHub and GitLab write them."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_broken(page: Path, link: str) -> bool:
    """Tell whether a link on a page leads nowhere in this checkout."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return not target.exists() or bool(anchor and anchor not in anchors(target))


@pytest.mark.parametrize("name", docs.PAGES)
def test_reference_equals_the_code(name: str) -> None:
    """A reference page is what `make docs` writes from the code: every command, setting, table and signal."""

    assert docs.difference(name, docs.PAGES[name]()) == []


@pytest.mark.parametrize("name", docs.PAGES)
def test_no_cell_of_the_reference_is_without_a_meaning(name: str) -> None:
    """Each row of a reference table ends with what the thing means."""
    text = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")

    assert [line for line in text.splitlines() if line.startswith("| `") and line.endswith("|  |")] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every link that is not a web address leads to a file of the checkout, and to a heading there."""
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]

    assert [link for link in links if is_broken(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_exist(page: Path) -> None:
    """Every `make …` that a page shows is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    shown = re.findall(r"(?:^ {4,}|`)make ([a-z]+)\b", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(shown) - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_nacre_commands_exist(page: Path) -> None:
    """Every `nacre …` that a page shows is a command."""
    from nacre.cli.main import cli

    known = set(cli.list_commands(click.Context(cli)))

    assert set(NACRE.findall(page.read_text(encoding="utf-8"))) - known == set()


def test_every_document_is_in_the_index() -> None:
    """docs/README.md links to every page below it."""
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link).resolve() for link in LINK.findall(index.read_text(encoding="utf-8"))}

    assert set((ROOT / "docs").rglob("*.md")) - linked == {index}
