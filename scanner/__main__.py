"""`python -m scanner` is the command `surefoot`."""

from scanner.cli import main

main()
