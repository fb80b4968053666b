"""`wirewatch`, and `python -m monitor`."""

import os


def main() -> None:
    """The import stands inside: every new worker imports this file anew, and needs nothing of it."""
    try:
        from monitor.cli import main as command

        command()
    except KeyboardInterrupt:  # Ctrl-C while the imports still run
        os._exit(130)


if __name__ == "__main__":
    main()
