"""`bascule status`, `check` and `sweep`: is everything as it should be."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from io import SEEK_END
from typing import Annotated, BinaryIO

import typer

from index.cli import belonging
from index.cli.opened import DataFolder, opened, show
from index.cli.progress import progress
from index.logs import escaped
from index.services import Services
from moderation import accounts, statements
from moderation.statements import Statement
from storage import files, modes, overview, sweeping, undoes, verifying
from storage.batches import batched
from storage.copying import AT_A_TIME
from storage.problems import Invalid, NotFound
from storage.records import Digest

_BATCH_FILES = 500
_READ_BYTES = 1 << 20

FoundOf = Callable[[BinaryIO, Digest], tuple[str, int]]
"""What tells the digest and the size of a blob that has that name."""


def status(
    account: Annotated[
        str | None, typer.Option(help="What is in force against it and its projects, instead.")
    ] = None,
    data: DataFolder = None,
) -> None:
    """Show what is here: the mode, accounts, projects, files, holds in force, the newest serial."""
    with opened(data) as services:
        if account is not None:
            _show_statements(services, account)
            return
        facts = services.database.read_now(overview.facts, at=services.now())
        mode = services.database.read_now(modes.admission, at=services.now())
        until = f" until {mode.until_at:%Y-%m-%d %H:%M} UTC" if mode.until_at else ""
        shown = {"data": str(services.settings.data), "mode": f"{mode.mode}{until}"}
        shown |= {name: f"{value:,}" for name, value in facts.items()}
    show(shown.items())


def check(
    deep: Annotated[
        bool,
        typer.Option("--deep/--quick", help="Read every file, or ask only for each one's size."),
    ] = True,
    data: DataFolder = None,
) -> None:
    """Check everything: each row has its bytes, the journal's chain is whole, holds hold."""
    with opened(data) as services:
        found = list(faults(services, found_of=read if deep else measured))
    for fault in found:
        typer.echo(escaped(fault))
    if found:
        raise typer.Exit(1)
    typer.echo("Everything is as it should be.")


def faults(services: Services, *, found_of: FoundOf) -> Iterator[str]:
    """What is not as it should be, each in a sentence."""
    yield from _faults_of_rows(services)
    yield from _faults_of_bytes(services, found_of)


def read(opened_blob: BinaryIO, _named: Digest) -> tuple[str, int]:
    """The digest and the size of all that is there."""
    sha256, size_bytes = hashlib.sha256(), 0
    while chunk := opened_blob.read(_READ_BYTES):
        sha256.update(chunk)
        size_bytes += len(chunk)
    return sha256.hexdigest(), size_bytes


def measured(opened_blob: BinaryIO, named: Digest) -> tuple[str, int]:
    """The same, believing the name."""
    return named, opened_blob.seek(0, SEEK_END)


def sweep(data: DataFolder = None) -> None:
    """Remove bytes that no row refers to, also while the server runs."""
    with opened(data) as services:
        belonging.check(services)
        blobs, drafts = sweeping.sweep(services.database, services.blobs, at=services.now())
    typer.echo(f"Removed {blobs} blobs and {drafts} drafts that nothing referred to.")


def _show_statements(services: Services, name: str) -> None:
    account = services.database.read_now(accounts.known, name)
    told, count = services.database.read_now(statements.of_account, account, at=services.now())
    show(map(_shown_statement, told), "decision", "subject", "what", "until", "by", "reason", "")
    if count > len(told):
        typer.echo(f"These are the newest {len(told):,} of {count:,}.")


def _shown_statement(told: Statement) -> tuple[str, ...]:
    allowed = asdict(told.limits) if told.limits else {}
    what = [*sorted(told.effects), *(f"{name} {n}" for name, n in allowed.items() if n is not None)]
    until = f"{told.until:%Y-%m-%d %H:%M}" if told.until else ""
    ground = f"{told.reason} {told.note}".strip()
    appeal = f"appeal {told.appeal.status}" if told.appeal else ""
    return (
        str(told.decision),
        told.subject,
        ", ".join(what) or told.act,
        until,
        told.by,
        ground,
        appeal,
    )


def _faults_of_rows(services: Services) -> Iterator[str]:
    database = services.database
    try:
        verifying.verify(database)
    except Invalid as problem:
        yield problem.message
    for decision in database.read_now(undoes.wrongly_settled):
        yield f"Decision {decision} is marked as what it is not."
    for subject in database.read_now(overview.lost_subjects):
        yield f"A hold on {subject} points at nothing."


def _faults_of_bytes(services: Services, found_of: FoundOf) -> Iterator[str]:
    """One for each file or metadata whose blob is not what its row says it is."""
    files_and_metadata = 2 * services.database.read_now(overview.count_files)
    each = progress(_told(services, found_of), "Checking files", total=files_and_metadata)
    yield from filter(None, each)


def _told(services: Services, found_of: FoundOf) -> Iterator[str | None]:
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        for batch in batched(_files(services)):
            yield from threads.map(partial(_fault, services, found_of), batch)


def _fault(services: Services, found_of: FoundOf, file: tuple[str, Digest, int]) -> str | None:
    filename, digest, size_bytes = file
    try:
        with services.blobs.open(digest) as opened_blob:
            found = found_of(opened_blob, digest)
    except NotFound:
        return f"{filename} has no bytes: the blob {digest} is missing."
    if found != (digest, size_bytes):
        return f"{filename} has other bytes than were uploaded: the blob {digest} was changed."
    return None


def _files(services: Services) -> Iterator[tuple[str, Digest, int]]:
    after = 0
    while rows := services.database.read_now(files.referenced, after=after, limit=_BATCH_FILES):
        after = rows[-1].id
        for row in rows:
            yield row.filename, row.sha256, row.size_bytes
            if row.core_metadata is not None:
                yield f"{row.filename}.metadata", row.core_metadata, row.core_metadata_bytes
