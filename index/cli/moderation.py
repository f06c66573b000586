"""`bascule hold`, `bascule release` and `bascule undo`: the same functions as the API's."""

from typing import Annotated

import typer

from index.cli.opened import DataFolder, Reason, opened, operator
from index.durations import end, moment
from index.services import Services
from moderation import decisions
from moderation.decisions import Why
from storage.database import Transaction
from storage.problems import Invalid
from storage.records import Decision, Effect

Subjects = Annotated[
    list[str],
    typer.Argument(help="file:NAME, release:PROJECT/VERSION, project:NAME, account:NAME, token:ID"),
]
Effects = Annotated[
    list[Effect] | None,
    typer.Option("--effect", help="What the hold does; may be given more than once."),
]


def hold(
    subjects: Subjects,
    reason: Reason,
    effect: Effects = None,
    length: Annotated[str | None, typer.Option("--for", help="How long: 24h.")] = None,
    data: DataFolder = None,
) -> None:
    """Put subjects under effects, until released, undone or ended."""
    with opened(data) as services:
        why = _why(services, reason)
        until = end(length=length, until=None, now=why.at)
        made = services.database.write_now(
            decisions.hold, subjects, why=why, effects=effect or (), until=until
        )
        _say(services, made, "held")


def release(subjects: Subjects, reason: Reason, data: DataFolder = None) -> None:
    """End every hold on these subjects."""
    with opened(data) as services:
        made = services.database.write_now(decisions.release, subjects, why=_why(services, reason))
        _say(services, made, "released")


def undo(
    decision: Annotated[int | None, typer.Argument(help="The number of a decision.")] = None,
    by: Annotated[str | None, typer.Option(help="All that this person decided.")] = None,
    since: Annotated[str | None, typer.Option(help="From this moment on.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to this moment.")] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "Undone on the command line.",
    data: DataFolder = None,
) -> None:
    """Take back a decision, or all that somebody decided in some time, exactly."""
    if (decision is None) == (by is None and since is None):
        raise Invalid("Name one decision, or say --by or --since.")

    def change(tx: Transaction, why: Why) -> Decision:
        if decision is not None:
            return decisions.undo(tx, decision, why=why)
        return decisions.undo_made(
            tx,
            by=decisions.actors(by) if by else (),
            since=moment(since) if since else None,
            until=moment(until) if until else None,
            why=why,
        )

    with opened(data) as services:
        made = services.database.write_now(change, _why(services, reason))
        _say(services, made, "undone: " + ", ".join(map(str, made.undoes)))


def _why(services: Services, reason: str) -> Why:
    return Why(by=operator(services).actor, at=services.now(), reason=reason)


def _say(services: Services, made: Decision, what: str) -> None:
    affected = services.database.read_now(decisions.affected, made)
    typer.echo(
        f"Decision {made.id}: {what}. {len(made.subjects)} subjects, {affected.files} files, "
        f"{len(affected.projects)} projects. To take it back: bascule undo {made.id}"
    )
