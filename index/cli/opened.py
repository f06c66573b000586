"""What every command works with: the index of the data folder, and who runs the command."""

import os
import pwd
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from index.app import compose
from index.cli import belonging
from index.environment import from_environment
from index.logs import escaped
from index.services import Services
from storage.migrations import check_current, migrate
from storage.problems import NotFound, Unavailable
from storage.records import Account, Role
from storage.urls import file_of, is_postgres

LARGEST_NUMBER = (1 << 63) - 1
"""The largest whole number that the database takes."""

DataFolder = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The folder of the index.")
]
Limit = Annotated[int, typer.Option(help="At most so many.", min=1, max=LARGEST_NUMBER)]
Reason = Annotated[str, typer.Option("--reason", help="Why. The people concerned will read it.")]
MaybeReason = Annotated[str, typer.Option("--reason", help="Why.")]

_SPACES = re.compile(r"\s+")


@contextmanager
def opened(data: Path | None) -> Iterator[Services]:
    """The parts of an index that is there, with the schema of this release. Raises Problem."""
    settings = from_environment(os.environ, overrides={"data": data})
    if not is_postgres(settings.database_url):
        _check_there(file_of(settings.database_url).absolute())
    services = compose(settings)
    try:
        services.database.read_now(check_current)
        yield services
    finally:
        services.database.close()


@contextmanager
def founded(data: Path | None) -> Iterator[Services]:
    """The same; made if it is missing, and brought to this release's schema. Raises Problem."""
    services = compose(from_environment(os.environ, overrides={"data": data}))
    try:
        migrate(services.database)
        belonging.claim(services)
        yield services
    finally:
        services.database.close()


def _check_there(file: Path) -> None:
    try:
        file.stat()
    except PermissionError as error:
        raise Unavailable(
            f"The index in {file.parent} is not for this account of the machine.",
            hint="Run the command as the account that runs the server.",
        ) from error
    except OSError as error:
        raise NotFound(
            f"There is no index in {file.parent}.",
            hint="Start it with bascule serve, or give another --data.",
        ) from error


def show(rows: Iterable[Sequence[str]], *columns: str) -> None:
    """Print a table: with lines on a terminal, tab-separated without a head in a pipe."""
    shown = [[escaped(_SPACES.sub(" ", cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in shown:
            typer.echo("\t".join(row))
        return
    table = Table(*columns, show_header=bool(columns))
    for row in shown:
        table.add_row(*map(Text, row))
    Console().print(table)


def operator(services: Services) -> Account:
    """Whoever runs this command: as on a server, the machine's account is proof enough."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # No such user, as in some containers.
        name = f"uid-{number}"
    return Account(
        id=0, name=name, email=None, role=Role.ADMIN, created_at=services.now(), kind="operator"
    )
