"""Noticing: what the rules say of an upload, kept with its case; and the one thing they may do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from moderation import waiting
from moderation.admission import Standing
from moderation.cases import case_of
from moderation.deciding import Why, journaled, record
from moderation.rules import judge
from moderation.rules.facts import Signal, Upload
from moderation.submissions import Submission
from moderation.terms import Terms
from storage import cases, counting, signals, subjects
from storage.database import Transaction
from storage.records import Account, Act, Amassed, Project, Target

MACHINE = "machine:wait-at-score"
"""Who decides that an upload waits for its signals: nobody, as the operator armed it."""

BURST_WINDOW = timedelta(minutes=10)

VERDICT_BINDS = timedelta(days=30)
"""How long a person's verdict about a project binds machines (MODERATION.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What was noticed about an upload, and whether it waits because of that."""

    signals: tuple[Signal, ...]
    waits: bool


def notice(
    tx: Transaction,
    submission: Submission,
    account: Account,
    standing: Standing,
    project: Project | None,
    amassed: Amassed,
    *,
    terms: Terms,
    at: datetime,
) -> Noticed:
    """Ask every rule about an upload, before it is there.

    It waits only if the operator armed that, and nobody cleared its project in the last 30 days.
    """
    recent = counting.amount_of_actor(tx, account.actor, "upload", after=at - BURST_WINDOW)
    candidate = submission.candidate
    upload = Upload(
        project=candidate.project,
        version=candidate.version,
        filename=candidate.filename,
        filetype=candidate.filetype,
        account=account.name,
        account_is_new=standing is Standing.NEW,
        account_age=at - account.created_at,
        is_new_project=project is None,
        files_in_10_minutes=recent,
        last_upload_at=amassed.last_upload_at,
        had_setup=amassed.ran_setup,
        at=at,
        installs=submission.installs,
        urls=tuple(_urls(submission.metadata)),
        protected=terms.protected,
    )
    found = judge(upload)
    score = sum(signal.score for signal in found)
    armed = 0 < terms.wait_at_score <= score
    return Noticed(signals=found, waits=armed and not _was_cleared(tx, project, at))


def begin_wait(tx: Transaction, file: Target, noticed: Noticed, *, at: datetime) -> None:
    """Let the file wait, by a decision of nobody that can be undone like any other."""
    if not noticed.waits:
        return
    score = sum(signal.score for signal in noticed.signals)
    why = Why(by=MACHINE, at=at, reason=f"Its signals have a score of {score} together.")
    decision = record(tx, Act.HOLD, [file], why)
    waiting.begin(tx, file, [decision], at=at)
    journaled(tx, Act.HOLD, decision, [file], why, {"effects": ["wait"], "until": None})


def case_for(
    tx: Transaction, file: Target, noticed: Noticed, *, waits: bool, at: datetime
) -> int | None:
    """The case that the upload belongs to: if anything was noticed, or if it waits."""
    return case_of(tx, file, at=at) if noticed.signals or waits else None


def keep(tx: Transaction, noticed: Noticed, *, case: int | None, serial: int, at: datetime) -> None:
    """Keep what was noticed with the case, as of the entry of the upload."""
    if case is not None and noticed.signals:
        rows = [
            (each.rule, each.version, each.subject, each.score, each.why)
            for each in noticed.signals
        ]
        signals.add_many(tx, rows, case=case, serial=serial, at=at)


def _was_cleared(tx: Transaction, project: Project | None, at: datetime) -> bool:
    if project is None:
        return False
    return cases.was_cleared(tx, subjects.project(project.name), since=at - VERDICT_BINDS)


def _urls(metadata: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(home := metadata.get("home_page"), str):
        yield home
    for url in dict(metadata.get("project_urls") or {}).values():
        yield str(url)
