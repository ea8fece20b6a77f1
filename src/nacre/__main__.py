"""The program's entry: `nacre`, and `python -m nacre`."""

import sys


def main() -> int:
    """Run the command line and return its exit code; Ctrl-C while its modules are being imported is told like later."""
    try:
        from nacre.cli.main import main as run
    except KeyboardInterrupt:
        print("nacre: interrupted\n  next: run the same command again", file=sys.stderr)
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
