"""Record the sample that ships with nacre: a real Cowrie, attacked by the script, its log as it wrote it.

Run: python tools/sample/record.py. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent
if str(TOOLS) not in sys.path:
    sys.path.insert(0, str(TOOLS))

from sample.honeypot import Honeypot, Place, free_port, install, install_cowrie, start, write_clock  # noqa: E402

SAMPLE = TOOLS.parent / "src/nacre/sample"
SIZE_BYTES_MAX = 300_000
WEB_PORT = 8088  # it stands in the recorded URLs


def record(work: Path, begin: datetime, days: int, visits: int) -> Path:
    """Run Cowrie and the attack; return the folder of its logs."""
    cowrie = install_cowrie(work / "cowrie")
    attacker = install(work / "attacker", "asyncssh==2.24.1")
    place = Place(
        environment=cowrie,
        state=work / "state",
        sensor="sample-01",
        ssh_port=free_port(),
        telnet_port=free_port(),
        has_clock=True,
    )
    place.state.mkdir(parents=True)
    write_clock(place.state, begin.timestamp() - datetime.now(UTC).timestamp())  # noqa: TID251 - a tool has a clock
    honeypot = start(place)
    try:
        _attack(honeypot, attacker, begin, days, visits)
    finally:
        honeypot.stop()
    return honeypot.logs


def _attack(honeypot: Honeypot, attacker: Path, begin: datetime, days: int, visits: int) -> None:
    place = honeypot.place
    command = [str(attacker / "bin/python"), "-m", "sample.attack", str(place.state)]
    command += ["--ssh", str(place.ssh_port), "--telnet", str(place.telnet_port), "--web", str(WEB_PORT)]
    command += ["--start", begin.isoformat(), "--days", str(days), "--visits", str(visits)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(TOOLS)})  # noqa: TID251


def check(logs: Path, forbidden: tuple[str, ...]) -> Counter[str]:
    """Count the events by id; refuse a log that names this machine or lacks a newline at its end."""
    counts: Counter[str] = Counter()
    for path in sorted(logs.glob("cowrie.json*")):
        data = path.read_bytes()
        if data and not data.endswith(b"\n"):
            raise SystemExit(f"{path.name} ends in half a line")
        for line in data.splitlines():
            counts[json.loads(line)["eventid"]] += 1
            for text in forbidden:
                if text.encode() in line:
                    raise SystemExit(f"{path.name} names this machine ({text}): {line[:300]!r}")
    return counts


def pack(logs: Path, target: Path) -> int:
    """Compress the logs into the package, the same bytes for the same log; return the size of all."""
    for old in target.glob("cowrie.json*"):
        old.unlink()
    total = 0
    for path in sorted(logs.glob("cowrie.json*")):
        if path.stat().st_size:  # the first event renames the empty file of the day on which Cowrie truly started
            packed = gzip.compress(path.read_bytes(), 9, mtime=0)
            (target / f"{path.name}.gz").write_bytes(packed)
            total += len(packed)
    return total


def main() -> None:
    """Read the arguments, record, check, pack."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: TID251
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, help="where to install and run; default: a temporary directory")
    parser.add_argument("--start", type=datetime.fromisoformat, default=today + timedelta(days=7 - today.weekday()))
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--visits", type=int, default=450)
    parser.add_argument("--out", type=Path, default=SAMPLE)
    given = parser.parse_args()
    begin = given.start.replace(tzinfo=UTC)
    if begin <= today:
        raise SystemExit("--start must be later than today: Cowrie compares it with the true age of its file")
    with tempfile.TemporaryDirectory(prefix="nacre-sample-") as temporary:
        work = given.work or Path(temporary)
        work.chmod(0o755)  # Cowrie's user must reach its environment
        logs = record(work, begin, given.days, given.visits)
        forbidden = (str(work), str(TOOLS.parent), f'"{socket.gethostname()}"')
        counts = check(logs, forbidden)
        size = pack(logs, given.out)
    for name, count in counts.most_common():
        print(f"{count:6} {name}")
    print(f"{sum(counts.values()):6} events, {size} bytes compressed")
    if size > SIZE_BYTES_MAX:
        raise SystemExit(f"the sample is larger than {SIZE_BYTES_MAX} bytes")


if __name__ == "__main__":
    main()
