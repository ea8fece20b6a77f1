"""The 349 real lines that broke something, each with what must become of it (oddities.tsv)."""

import base64
import csv
import gzip
import json
from pathlib import Path

import blake3
import pytest

from nacre.parse.parser import parse_all

TABLE = Path(__file__).with_name("oddities.tsv")
DIGEST_BYTES = 8  # enough to tell 349 lines apart; no content of the lines is kept here


@pytest.fixture(scope="module")
def oddities(corpus: Path) -> dict[str, bytes]:
    """Return the lines under the digests by which the table names them."""
    records = gzip.decompress((corpus / "oddities.ndjson.gz").read_bytes()).splitlines()
    lines = [base64.b64decode(json.loads(record)["raw_base64"]) for record in records]
    return {blake3.blake3(line).hexdigest(DIGEST_BYTES): line for line in lines}


def expected_outcomes() -> dict[str, tuple[int, list[str]]]:
    """Return for each digest how many events are stored, and the reasons of the rejects in their order."""
    with TABLE.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    return {row["line"]: (int(row["stored"]), row["rejected"].replace("-", "").split("+")) for row in rows}


def outcome(line: bytes) -> tuple[int, list[str]]:
    """Return what becomes of a line, in the form of the table."""
    outcomes = parse_all(line)
    reasons = [str(each.reason) for each in outcomes if not each.stored]
    return sum(each.stored for each in outcomes), reasons or [""]


def test_each_odd_line_comes_out_as_the_table_says(oddities: dict[str, bytes]) -> None:
    """Every line has its row and every row its line; events are stored, and only what is none is refused."""
    assert {digest: outcome(line) for digest, line in oddities.items()} == expected_outcomes()
