"""The command ``callout``. One file a command; each imports what it needs only when it runs, so ``--help`` is quick."""

from api.cli.app import main

__all__ = ["main"]
