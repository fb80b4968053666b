"""`python -m monitor` is the `wirewatch` command."""

from monitor.cli import main

main()
