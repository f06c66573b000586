"""What every command works with: the index of the data folder, migrated, and who runs it."""

import getpass
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

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

_SPACES = re.compile(r"\s+")


@contextmanager
def opened(data: Path | None) -> Iterator[Services]:
    """The parts of the index, its database brought to this release's schema. Raises Problem."""
    services = compose(from_environment(os.environ, overrides={"data": data}))
    try:
        migrate(services.database)
        yield services
    finally:
        services.database.close()


def show(rows: Iterable[Sequence[str]], *columns: str) -> None:
    """Print a table: with lines on a terminal, tab-separated without a head in a pipe."""
    if not sys.stdout.isatty():
        for row in rows:
            typer.echo("\t".join(_SPACES.sub(" ", cell) for cell in row))
        return
    table = Table(*columns, show_header=bool(columns))
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def operator(services: Services) -> Account:
    """Whoever runs this command: as on a server, the machine's account is proof enough."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # No such user, as in some containers.
        name = f"uid-{os.getuid()}"
    return Account(
        id=0, name=name, email=None, role=Role.ADMIN, created_at=services.now(), kind="operator"
    )
