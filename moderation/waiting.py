"""Waiting: which uploads are received and not public yet, and why."""

from collections.abc import Iterable
from datetime import datetime

from moderation import admission
from moderation.admission import Deed, Standing, Verdict
from storage import holds, modes, subjects, visibility
from storage.database import Transaction
from storage.records import Effect, Project, Target


def admitted(
    tx: Transaction, project: Project | None, standing: Standing, at: datetime
) -> tuple[int, ...]:
    """The decisions for which an upload has to wait. Raises Forbidden if a mode refuses it.

    It waits for each of the modes in force that says so, so that undoing one of them leaves what
    the others do (law 2). What joins a name that is not public yet waits with it.
    """
    arriving = project is not None and not is_public(tx, project, at=at)
    deed = Deed.NEW_PROJECT if project is None or arriving else Deed.UPLOAD
    waits = set(holds.waits_in(tx, project.id, at=at)) if project and arriving else set()
    for mode in modes.in_force_at(tx, at=at):
        if admission.check(mode, deed, standing) is Verdict.WAIT and mode.decision is not None:
            waits.add(mode.decision)
    return tuple(sorted(waits))


def begin(tx: Transaction, file: Target, waits: Iterable[int], *, at: datetime) -> None:
    """Let a file wait under each of these decisions, from the moment it is here."""
    for decision in waits:
        holds.open_many(
            tx, [file], effects={Effect.WAIT}, from_at=at, until_at=None, decision=decision
        )


def is_public(tx: Transaction, project: Project, *, at: datetime) -> bool:
    """Whether the public may know the name: not before the first of its files may be seen."""
    return not project.waited or bool(visibility.public_projects(tx, [project.id], at=at))


def reason(tx: Transaction, filename: str, *, at: datetime) -> str | None:
    """Why the file waits for a moderator; None if it does not."""
    named = {subjects.file(filename)}
    waiting = holds.on_subjects(tx, named, at=at, only=Effect.WAIT)
    return waiting[0].reason if waiting else None
