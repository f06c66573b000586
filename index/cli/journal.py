"""`bascule journal …`: check the journal, show it, sign it, erase what may not stay in it."""

from pathlib import Path
from typing import Annotated

import typer

from index import checkpoints, signing
from index.cli.opened import LARGEST_NUMBER, DataFolder, Limit, opened, operator, show
from index.logs import escaped
from storage import identity, journal, verifying
from storage.records import Entry

journal_commands = typer.Typer(no_args_is_help=True)

Serials = Annotated[
    list[int],
    typer.Argument(help="The numbers of entries.", min=1, max=LARGEST_NUMBER, show_default=False),
]


@journal_commands.command("verify")
def verify(
    checkpoints_file: Annotated[
        Path | None,
        typer.Option(
            "--checkpoints", metavar="FILE", help="Compare it with the checkpoints in this file."
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="The public key that they were signed with, unless it is this index's."),
    ] = None,
    data: DataFolder = None,
) -> None:
    """Check the chain of the journal, entry by entry."""
    with opened(data) as services:
        signed = verifying.NOTHING_SIGNED
        if checkpoints_file is not None:
            public = key or signing.public_half(signing.key_in(services.settings.data))
            index = services.database.read_now(identity.of_index)
            signed = checkpoints.signed_in(checkpoints_file, index=index, public=public)
        count = verifying.verify(services.database, signed=signed)
    typer.echo(f"All {count:,} entries of the journal are as they were written.")
    if checkpoints_file is not None:
        typer.echo(f"The checkpoints have signed {len(signed):,} of them.")


@journal_commands.command("show")
def show_entries(
    since: Annotated[
        int | None,
        typer.Option(
            help="The oldest entries after this serial, not the newest.",
            min=0,
            max=LARGEST_NUMBER,
        ),
    ] = None,
    limit: Limit = 50,
    data: DataFolder = None,
) -> None:
    """Show the newest entries of the journal, in the order in which they were written."""
    with opened(data) as services:
        if since is None:
            since = max(0, services.database.read_now(journal.last_serial) - limit)
        entries = services.database.read_now(journal.since, since, limit=limit)
    show(map(_shown, entries), "serial", "at", "who", "act", "subject", "decision", "reason")


@journal_commands.command("checkpoint")
def checkpoint(data: DataFolder = None) -> None:
    """Sign what the journal is now, print it, and keep it where the settings say."""
    with opened(data) as services:
        line = checkpoints.make(services).decode()
    typer.echo(escaped(line))


@journal_commands.command("key")
def show_key(data: DataFolder = None) -> None:
    """Print the public key that proves checkpoints of this index."""
    with opened(data) as services:
        typer.echo(signing.public_half(signing.key_in(services.settings.data)))


@journal_commands.command("erase")
def erase(
    serials: Serials,
    reason: Annotated[str, typer.Option("--reason", help="Why. The journal keeps it.")],
    data: DataFolder = None,
) -> None:
    """Erase for good the reasons and details of entries, such as personal data."""
    with opened(data) as services:
        serial = services.database.write_now(
            journal.erase,
            serials,
            at=services.now(),
            actor=operator(services).actor,
            reason=reason,
        )
    typer.echo(f"Erased {len(set(serials)):,} payloads; entry {serial} says so.")


def _shown(entry: Entry) -> tuple[str, ...]:
    decision = str(entry.details.get("decision", ""))
    at = f"{entry.at:%Y-%m-%d %H:%M:%S}"
    reason = "(erased)" if entry.erased else entry.reason
    return str(entry.serial), at, entry.actor, entry.act, entry.subject, decision, reason
