"""Reports: somebody says that something is wrong, once, and within a limit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from moderation import waiting
from moderation.cases import case_of
from moderation.permissions import known_project
from moderation.terms import Terms
from storage import holds, journal, projects, reports, subjects
from storage.database import Transaction
from storage.problems import Conflict, Invalid, TooMany
from storage.records import Account, Kind, Report, Role, Target

MAX_SUBJECTS = 100
"""How many subjects one report may name."""

SAME_FOR = timedelta(days=7)
"""How long the same account says nothing new by reporting the same subject in the same way."""

COUNTS_FOR = timedelta(days=1)
"""How long a report counts against the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is said about one or many subjects."""

    kind: Kind
    summary: str
    evidence: Sequence[Mapping[str, Any]] = ()
    key: str | None = None
    key_request: str | None = None
    """What tells this statement and its subjects from others with the same key."""


def report(
    tx: Transaction,
    names: Sequence[str],
    statement: Statement,
    reporter: Account,
    *,
    terms: Terms,
    at: datetime,
) -> list[Report]:
    """The account's reports on these subjects: new ones, or those that say the same already.

    Raises Invalid, NotFound for what does not exist or may not be known, Conflict for a key that
    came with something else, TooMany.
    """
    if not statement.summary.strip():
        raise Invalid("Say in the summary what is wrong.")
    asked = [target.subject for target in _known(tx, names, reporter, at)]
    before = _with_key(tx, statement, reporter)
    said = reports.newest_on(tx, asked, reporter_id=reporter.id, kind=statement.kind)
    said |= {report.subject: report for report in before}
    new = [name for name in asked if name not in said or _is_over(said[name], before, at)]
    if new:
        _check_limit(tx, reporter, terms, at)
        _add(tx, new, statement, reporter, at)
        said |= reports.newest_on(tx, new, reporter_id=reporter.id, kind=statement.kind)
    return [said[name] for name in asked]


def _known(tx: Transaction, names: Sequence[str], reporter: Account, at: datetime) -> list[Target]:
    if not names:
        raise Invalid("Name at least one subject.")
    if len(names) > MAX_SUBJECTS:
        raise Invalid(f"One report may name at most {MAX_SUBJECTS} subjects.")
    there = subjects.look_up(tx, names)
    if subjects.INDEX in there:
        raise Invalid("A report is about a project, a release, a file, an account or a token.")
    found = {name: target for name, target in there.items() if target is not None}
    secret = {name for name, each in found.items() if _is_secret(tx, each, reporter, at)}
    if missing := [name for name in there if name not in found or name in secret]:
        raise subjects.unknown(missing)
    return list({target.subject: target for target in found.values()}.values())


def _is_secret(tx: Transaction, target: Target, reporter: Account, at: datetime) -> bool:
    """Whether it waits, so that only its members and moderators know of it."""
    if target.project_id is None or reporter.role is not Role.UPLOADER:
        return False
    if projects.is_member(tx, target.project_id, reporter.id):
        return False
    if target.file_id is not None or target.release_id is not None:
        return holds.all_wait(tx, target, at=at)
    project = known_project(tx, subjects.project_names(tx, [target])[0])
    return not waiting.is_public(tx, project, at=at)


def _with_key(tx: Transaction, statement: Statement, reporter: Account) -> list[Report]:
    """What was reported with this key before, if it was the same. Raises Conflict."""
    if statement.key is None:
        return []
    before = reports.by_key(tx, reporter_id=reporter.id, key=statement.key)
    for serial in {report.serial for report in before}:
        (entry,) = journal.since(tx, serial - 1, limit=1)
        if entry.details.get("request", statement.key_request) != statement.key_request:
            raise Conflict(f"Report {before[0].id} was sent with this key, and is another one.")
    return before


def _is_over(report: Report, before: Iterable[Report], at: datetime) -> bool:
    """Whether saying it again is something new: after a while, and not with the same key."""
    return report.at <= at - SAME_FOR and not before


def _check_limit(tx: Transaction, reporter: Account, terms: Terms, at: datetime) -> None:
    limit, since = terms.reports_per_day, at - COUNTS_FOR
    first = reports.nth_newest_at(tx, limit, actor=reporter.actor, since=since)
    if first is not None:
        raise TooMany(
            f"An account may report {limit} times in 24 hours.",
            retry_after_seconds=int((first - since).total_seconds()) + 1,
            hint="Name several subjects in one report, or wait.",
        )


def _add(
    tx: Transaction, names: Sequence[str], statement: Statement, reporter: Account, at: datetime
) -> None:
    targets = {target.subject: target for target in subjects.resolve(tx, names)}
    cases = {name: case_of(tx, target, at=at) for name, target in targets.items()}
    serial = journal.append(
        tx,
        at=at,
        actor=reporter.actor,
        act="report",
        subject=names[0],
        reason=statement.summary,
        details={
            "kind": statement.kind,
            "subjects": list(names),
            **({"request": statement.key_request} if statement.key else {}),
        },
        cases=cases.values(),
    )
    reports.add(
        tx,
        cases=cases,
        serial=serial,
        reporter_id=reporter.id,
        kind=statement.kind,
        summary=statement.summary,
        evidence=statement.evidence,
        key=statement.key,
        at=at,
    )
