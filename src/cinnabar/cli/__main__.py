"""`python -m cinnabar.cli` is `cinnabar`: how one command starts another."""

from cinnabar.cli import main

main()
