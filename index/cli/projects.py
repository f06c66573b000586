"""What owners do, from the command line: yank, withdraw, status, members."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from index.cli.opened import DataFolder, MaybeReason, opened, operator
from moderation import accounts, owners
from moderation.deciding import Why
from moderation.owners import Part
from moderation.permissions import known_project
from storage.database import Transaction
from storage.problems import Invalid
from storage.records import Account, Decision, Status

member_commands = typer.Typer(no_args_is_help=True)
project_commands = typer.Typer(no_args_is_help=True)

Subject = Annotated[str, typer.Argument(help="release:PROJECT/VERSION or file:NAME")]
ProjectName = Annotated[str, typer.Argument(help="The name of the project.")]
AccountName = Annotated[str, typer.Argument(help="The name of the account.")]


def yank(subject: Subject, reason: MaybeReason = "", data: DataFolder = None) -> None:
    """Yank a release or a file: installers skip it unless it is asked for by version."""
    _change(
        data,
        subject,
        lambda tx, part, by, why: owners.yank(tx, part, by, reason=reason, at=why.at),
    )
    typer.echo(f"{subject} is yanked. To take it back: bascule unyank {subject}")


def unyank(subject: Subject, data: DataFolder = None) -> None:
    """Take a yank back."""
    _change(data, subject, lambda tx, part, by, why: owners.unyank(tx, part, by, at=why.at))
    typer.echo(f"{subject} is not yanked.")


def withdraw(
    subject: Subject, reason: MaybeReason = "Withdrawn by its owner.", data: DataFolder = None
) -> None:
    """Take a release or a file back. Its name stays taken, and it can be restored."""
    _change(
        data,
        subject,
        lambda tx, part, by, why: owners.withdraw(tx, part, by, why=why),
        reason=reason,
    )
    typer.echo(f"{subject} is withdrawn. To take it back: bascule restore-withdrawn {subject}")


def restore(
    subject: Subject, reason: MaybeReason = "Restored by its owner.", data: DataFolder = None
) -> None:
    """Undo a withdrawal, exactly."""
    _change(
        data,
        subject,
        lambda tx, part, by, why: owners.restore(tx, part, by, why=why),
        reason=reason,
    )
    typer.echo(f"{subject} is back.")


@project_commands.command("status")
def set_status(
    project: ProjectName,
    status: Annotated[Status, typer.Argument(help="active, archived or deprecated")],
    reason: MaybeReason = "",
    data: DataFolder = None,
) -> None:
    """Say what a project is (PEP 792). An archived one takes no uploads."""
    with opened(data) as services:
        by, at = operator(services), services.now()
        services.database.write_now(
            lambda tx: owners.set_status(
                tx, known_project(tx, project), by, status=status, reason=reason, at=at
            )
        )
    typer.echo(f"{project} is {status}.")


@member_commands.command("add")
def add_member(project: ProjectName, account: AccountName, data: DataFolder = None) -> None:
    """Let an account publish to a project."""
    _change_member(data, project, account, owners.add_member)
    typer.echo(f"{account} is a member of {project}.")


@member_commands.command("remove")
def remove_member(project: ProjectName, account: AccountName, data: DataFolder = None) -> None:
    """Let an account no longer publish to a project."""
    _change_member(data, project, account, owners.remove_member)
    typer.echo(f"{account} is no member of {project}.")


def _change(
    data: Path | None,
    subject: str,
    act: Callable[[Transaction, Part, Account, Why], Decision | None],
    *,
    reason: str = "",
) -> None:
    with opened(data) as services:
        by = operator(services)
        why = Why(by=by.actor, at=services.now(), reason=reason)
        services.database.write_now(lambda tx: act(tx, _part(tx, subject), by, why))


def _part(tx: Transaction, subject: str) -> Part:
    kind, _, name = subject.partition(":")
    if kind == "file":
        return owners.file_by_name(tx, name)
    project, slash, version = name.partition("/")
    if kind != "release" or not slash:
        raise Invalid(f"{subject[:100]!r} is not release:PROJECT/VERSION or file:NAME.")
    return owners.release_part(tx, project, version)


def _change_member(data: Path | None, project: str, account: str, act: Callable[..., None]) -> None:
    with opened(data) as services:
        by, at = operator(services), services.now()
        services.database.write_now(
            lambda tx: act(tx, known_project(tx, project), by, accounts.known(tx, account), at=at)
        )
