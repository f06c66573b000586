"""`bascule hold`, `bascule release` and `bascule undo`: the same functions as the API's."""

from typing import Annotated

import typer

from index.cli.opened import (
    LARGEST_NUMBER,
    DataFolder,
    Limit,
    Reason,
    opened,
    operator,
    show,
)
from index.durations import end, moment
from index.services import Services
from moderation import deciding, decisions, two_people, undoing
from moderation.deciding import Why
from storage import decisions as stored_decisions
from storage import holds
from storage.database import Transaction
from storage.problems import Invalid
from storage.proposals import Proposal
from storage.records import Act, Decision, Effect, Hold

Subjects = Annotated[
    list[str],
    typer.Argument(help="file:NAME, release:PROJECT/VERSION, project:NAME, account:NAME, token:ID"),
]
Length = Annotated[str | None, typer.Option("--for", help="How long: 24h.")]
Until = Annotated[str | None, typer.Option(help="Until when: 2026-12-01T12:00Z.")]
Case = Annotated[
    int | None,
    typer.Option(help="The case that is settled with it.", min=1, max=LARGEST_NUMBER),
]
Effects = Annotated[
    list[Effect] | None,
    typer.Option("--effect", help="What the hold does; may be given more than once."),
]


def hold(
    subjects: Subjects,
    reason: Reason,
    effect: Effects = None,
    length: Length = None,
    until: Until = None,
    case: Case = None,
    data: DataFolder = None,
) -> None:
    """Put subjects under effects, until released, undone or ended."""
    with opened(data) as services:
        why = why_of(services, reason, case=case)
        ends_at = end(length=length, until=until, now=why.at)
        made = services.database.write_now(
            two_people.hold_or_propose, subjects, why=why, effects=effect or (), until=ends_at
        )
        if isinstance(made, Proposal):
            say_proposed(made)
        else:
            say(services, made, "held")


def release(subjects: Subjects, reason: Reason, case: Case = None, data: DataFolder = None) -> None:
    """End every hold on these subjects."""
    with opened(data) as services:
        made = services.database.write_now(
            decisions.release, subjects, why=why_of(services, reason, case=case)
        )
        say(services, made, "released")


def undo(
    decision: Annotated[
        int | None,
        typer.Argument(help="The number of a decision.", min=1, max=LARGEST_NUMBER),
    ] = None,
    by: Annotated[str | None, typer.Option(help="All that this person decided.")] = None,
    since: Annotated[str | None, typer.Option(help="From this moment on.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to this moment.")] = None,
    case: Annotated[
        int | None,
        typer.Option(help="All that settled this case.", min=1, max=LARGEST_NUMBER),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "Undone on the command line.",
    data: DataFolder = None,
) -> None:
    """Take back a decision, or all that somebody decided in some time, exactly."""
    if (decision is None) == (by is None and since is None and case is None):
        raise Invalid("Name one decision, or say --by, --since or --case.")

    def change(tx: Transaction, why: Why) -> Decision:
        if decision is not None:
            return undoing.undo(tx, decision, why=why)
        return undoing.undo_made(
            tx,
            by=undoing.actors(by) if by is not None else (),
            since=moment(since) if since is not None else None,
            until=moment(until) if until is not None else None,
            why=why,
            case=case,
        )

    with opened(data) as services:
        made = services.database.write_now(change, why_of(services, reason))
        say(services, made, "undone: " + ", ".join(map(str, made.undoes)))


def list_decisions(limit: Limit = 50, data: DataFolder = None) -> None:
    """Show the newest decisions, the newest first, and whether they are undone."""
    with opened(data) as services:
        found = services.database.read_now(stored_decisions.newest, limit=limit, named=1)
    show(map(_shown_decision, found), "decision", "at", "who", "act", "subjects", "", "reason")


def list_holds(limit: Limit = 50, data: DataFolder = None) -> None:
    """Show the newest holds in force, the newest first."""
    with opened(data) as services:
        found = services.database.read_now(holds.in_force_at, at=services.now(), limit=limit)
    show(map(_shown_hold, found), "decision", "subject", "effects", "until", "reason")


def _shown_decision(made: Decision) -> tuple[str, ...]:
    at, undone = f"{made.at:%Y-%m-%d %H:%M}", "" if made.effective else "undone"
    return str(made.id), at, made.by, made.act, _some(made), undone, made.reason


def _shown_hold(hold: Hold) -> tuple[str, ...]:
    until = f"{hold.until_at:%Y-%m-%d %H:%M}" if hold.until_at else ""
    return str(hold.decision), hold.subject, ", ".join(sorted(hold.effects)), until, hold.reason


def _some(made: Decision) -> str:
    more = f" and {made.subjects_count - 1} more" if made.subjects_count > 1 else ""
    return f"{made.subjects[0]}{more}" if made.subjects else ""


def why_of(services: Services, reason: str, *, case: int | None = None) -> Why:
    """Whoever runs the command decides, now, maybe about a case."""
    return Why(by=operator(services).actor, at=services.now(), reason=reason, case=case)


def say(services: Services, made: Decision, what: str) -> None:
    """Print what was decided, what it reaches, and how to take it back."""
    affected = services.database.read_now(deciding.affected, made)
    reached = (
        _count(len(made.subjects), "subject"),
        _count(affected.files, "file"),
        _count(len(affected.projects), "project"),
    )
    back = "" if made.act is Act.ERASE else f" To take it back: bascule undo {made.id}"
    typer.echo(f"Decision {made.id}: {what}. {', '.join(reached)}.{back}")


def say_proposed(made: Proposal) -> None:
    """Print what was proposed, and what has to happen next."""
    typer.echo(
        f"Proposal {made.id}: nothing is done yet. Somebody else confirms it with "
        f"bascule confirm {made.id}; bascule cancel {made.id} ends it."
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
