"""What every command works with: the index of the data folder, migrated, and who runs it."""

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from index.app import compose
from index.services import Services
from index.settings import from_environment
from storage.migrations import migrate
from storage.records import Account, Role

DataFolder = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The folder of the index.")
]
Reason = Annotated[str, typer.Option("--reason", help="Why. The people concerned will read it.")]
MaybeReason = Annotated[str, typer.Option("--reason", help="Why.")]


@contextmanager
def opened(data: Path | None) -> Iterator[Services]:
    """The parts of the index, its database brought to this release's schema. Raises Problem."""
    services = compose(from_environment(os.environ, overrides={"data": data}))
    try:
        migrate(services.database)
        yield services
    finally:
        services.database.close()


def screen() -> Console:
    """Where tables go: the terminal, or a pipe as wide as it takes."""
    return Console(soft_wrap=not sys.stdout.isatty())


def operator(services: Services) -> Account:
    """Whoever runs this command: as on a server, the machine's account is proof enough."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # No such user, as in some containers.
        name = f"uid-{os.getuid()}"
    return Account(
        id=0, name=name, email=None, role=Role.ADMIN, created_at=services.now(), kind="operator"
    )
