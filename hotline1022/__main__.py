"""``python -m hotline1022``: the same command line as the installed program. Nothing else is here."""

from hotline1022.cli import main

main()
