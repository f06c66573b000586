"""`bascule status`, `check` and `sweep`: is everything as it should be."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from index.cli import belonging
from index.cli.opened import DataFolder, opened, show
from index.cli.progress import progress
from index.logs import escaped
from index.services import Services
from moderation import accounts, statements
from moderation.statements import Statement
from storage import files, modes, overview, sweeping, undoes, verifying
from storage.problems import Invalid, NotFound
from storage.records import Digest

_BATCH_FILES = 500
_READ_BYTES = 1 << 20


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


def check(data: DataFolder = None) -> None:
    """Check everything: each row has its bytes, the journal's chain is whole, holds hold."""
    with opened(data) as services:
        found = list(faults(services))
    for fault in found:
        typer.echo(escaped(fault))
    if found:
        raise typer.Exit(1)
    typer.echo("Everything is as it should be.")


def faults(services: Services) -> Iterator[str]:
    """What is not as it should be, each in a sentence."""
    yield from _faults_of_rows(services)
    yield from _faults_of_bytes(services)


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


def _faults_of_bytes(services: Services) -> Iterator[str]:
    total = services.database.read_now(overview.count_files)
    for filename, digest, size_bytes in progress(_files(services), "Reading files", total=total):
        try:
            found = _digest(services, digest)
        except NotFound:
            yield f"{filename} has no bytes: the blob {digest} is missing."
            continue
        if found != (digest, size_bytes):
            yield f"{filename} has other bytes than were uploaded: the blob {digest} was changed."


def _files(services: Services) -> Iterator[tuple[str, Digest, int]]:
    after = 0
    while rows := services.database.read_now(files.referenced, after=after, limit=_BATCH_FILES):
        after = rows[-1].id
        for row in rows:
            yield row.filename, row.sha256, row.size_bytes
            if row.core_metadata is not None:
                yield f"{row.filename}.metadata", row.core_metadata, row.core_metadata_bytes


def _digest(services: Services, digest: Digest) -> tuple[str, int]:
    sha256, size_bytes = hashlib.sha256(), 0
    with services.blobs.open(digest) as opened_blob:
        while chunk := opened_blob.read(_READ_BYTES):
            sha256.update(chunk)
            size_bytes += len(chunk)
    return sha256.hexdigest(), size_bytes
