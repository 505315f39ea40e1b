"""`python -m monitor` is `gaung`."""

from monitor.cli import main

main()
