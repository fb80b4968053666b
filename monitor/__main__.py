"""`wirewatch`, and `python -m monitor`."""


def main() -> None:
    """The import stands inside: every new worker imports this file anew, and needs nothing of it."""
    from monitor.cli import main as command

    command()


if __name__ == "__main__":
    main()
