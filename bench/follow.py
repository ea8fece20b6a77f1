"""Following live logs: how soon a line is stored, what idleness costs, how it goes for long, what a kill leaves.

Run: python bench/follow.py PART [options], where PART is one of latency, cowrie, idle, soak, beside-load, kills, all.

Everything happens in temporary folders and on loopback. Exit status 1 when something that must hold did not.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import measure
from live import beside, cowrie, idle, kills, latency, soak

PARTS: dict[str, ModuleType] = {
    "latency": latency,
    "cowrie": cowrie,
    "idle": idle,
    "soak": soak,
    "beside-load": beside,
    "kills": kills,
}
ALL = "all"
MODERATE = {"soak": ("--minutes", "10")}  # what differs from the parts' own defaults when all are run


def parse() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    for name, part in PARTS.items():
        own = parts.add_parser(name, help=part.__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        part.arguments(own)
    parts.add_parser(ALL, help="all of them in this order, with moderate defaults")
    return parser


def play(given: list[str]) -> bool:
    """Run one part and print its table; tell whether everything held."""
    wanted = parse().parse_args(given)
    with tempfile.TemporaryDirectory(prefix="nacre-bench-") as name:
        found = PARTS[wanted.part].run(wanted, Path(name))
    print(f"`python bench/follow.py {shlex.join(given)}`: {found.what}")
    print(measure.machine() + "\n")
    print(measure.table(found.head, found.rows))
    for note in found.notes:
        print(f"\n{note}")
    print(flush=True)
    return bool(found.is_sound)


def main(given: list[str]) -> int:
    """Run what is asked for; return the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no process and no folder is left behind
    if parse().parse_args(given).part != ALL:
        return 0 if play(given) else 1
    held = [play([name, *MODERATE.get(name, ())]) for name in PARTS]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
