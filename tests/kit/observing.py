"""Everything that can be observed of an index at one moment, below every door or through it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from packaging.utils import NormalizedName
from sqlalchemy import Table, select

from index.simple import render
from index.simple.negotiation import Representation
from moderation import limits, publishing, queue, trust
from moderation.cases import claimant, known_case
from moderation.permissions import check_may_change, check_not_suspended
from storage import (
    accounts,
    appeals,
    cases,
    decisions,
    described,
    holds,
    listed,
    modes,
    projects,
    reports,
    tokens,
    visibility,
)
from storage.database import Transaction
from storage.problems import NotFound, Problem
from storage.schema import METADATA
from tests.kit.below import TERMS, candidate
from tests.kit.forcing import case_number
from tests.kit.histories import CASES, FILES, PEOPLE, PROJECTS, RELEASES, THINGS, UPLOADERS

GROWING = ("decisions", "decision_subjects", "undoes", "holds", "hold_ends")
GROWING += ("overrides", "erasures", "proposals", "messages")
# Their rows have serials, and the cases of appeals against what is undone: see `casework`.
GROWING += ("cases", "reports", "appeals", "signals")
GROWING += ("entries", "payloads", "entry_projects", "entry_cases", "entry_addresses")
DOMAIN = [table for table in METADATA.sorted_tables if table.name not in GROWING]
"""The tables that no decision writes (law 1)."""


def domain_rows(tx: Transaction) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that is there whatever was decided."""
    return {
        table.name: [tuple(row) for row in tx.execute(select(*_told(table)))] for table in DOMAIN
    }


def _told(table: Table) -> list[Any]:
    # Whether something had to wait is a fact about the modes that it met.
    return [column for column in table.c if column.name != "waited"]


def below(tx: Transaction, at: datetime) -> dict[str, Any]:
    """What is seen and what is held at that moment; no serial is among it."""
    return {
        "root": [each.name for some in listed.everything(tx, at=at) for each in some],
        "pages": {project: _page(tx, NormalizedName(project), at) for project in PROJECTS},
        "files": {
            archive.filename: visibility.file(
                tx, sha256=archive.sha256, filename=archive.filename, at=at
            )
            for archive in FILES.values()
        },
        "releases": {
            subject: described.release(tx, *_release(subject), at=at) for subject in RELEASES
        },
        "newest": {project: _newest(tx, NormalizedName(project), at) for project in PROJECTS},
        "feeds": (
            described.newest_projects(tx, at=at, limit=40),
            described.newest_releases(tx, at=at, limit=40),
            visibility.versions_shown(tx, [file.filename for file in FILES.values()], at=at),
        ),
        "admission": replace(modes.admission(tx, at=at), decision=None),
        "holds": [
            (hold.subject, hold.effects, hold.from_at, hold.until_at, hold.reason)
            for hold in holds.on_subjects(tx, [*THINGS, *PEOPLE, "index"], at=at)
        ],
    }


def permissions(tx: Transaction, at: datetime) -> dict[str, str]:
    """What uploaders may do at that moment, or why not."""
    said = {}
    for name in UPLOADERS:
        account, token = accounts.by_name(tx, name), tokens.by_id(tx, name)
        assert account is not None
        said[name] = _said(check_not_suspended, tx, account, token, at=at)
        said[f"{name}: standing"] = trust.standing(tx, account, at=at, trial=TERMS.trial)
        said[f"{name}: limits"] = str(limits.usage(tx, account, terms=TERMS, at=at))
        for archive in FILES.values():
            what, project = candidate(archive), projects.by_name(tx, candidate(archive).project)
            named = {"version": what.version, "filename": what.filename}
            may_upload = _said(publishing.judge, tx, what, account, token, terms=TERMS, at=at)
            may_change = project and _said(check_may_change, tx, project, account, at=at, **named)
            said[f"{name}: {what.filename}"] = f"upload: {may_upload}; change: {may_change}"
    return said


def casework(tx: Transaction, at: datetime) -> dict[str, Any]:
    """What is open at that moment and how all that was said stands; no number is among it."""
    people = {name: accounts.by_name(tx, name) for name in UPLOADERS}
    ids = {name: account.id for name, account in people.items() if account}
    there = {subject: _case(tx, subject, at) for subject in CASES}
    return {
        "cases": {subject: case for subject, case in there.items() if case != (False, None)},
        "reports": {
            name: [
                (each.subject, each.kind, each.at, each.ending and replace(each.ending, decision=0))
                for each in reports.of_reporter(tx, id_, limit=100)
            ]
            for name, id_ in ids.items()
        },
        "tracks": reports.tracks(tx, list(ids.values())),
        "appeals": {
            name: [
                (each.message, each.at, each.status)
                for each in appeals.of_account(tx, id_, project=None, limit=100)
                if decisions.by_id(tx, each.decision).effective
            ]
            for name, id_ in ids.items()
        },
        "queue": sorted(
            (line.case.subject, line.pressure, line.reasons, line.claimed_by)
            for line in queue.lines(tx, at=at)
        ),
    }


def _case(tx: Transaction, subject: str, at: datetime) -> tuple[bool, str | None]:
    """Whether it is open, and whose it is."""
    try:
        found = known_case(tx, case_number(tx, subject))
    except NotFound:
        return False, None
    return cases.is_open(tx, found.id, at=at), claimant(found, at=at)


def _release(subject: str) -> tuple[NormalizedName, str]:
    project, version = subject.removeprefix("release:").split("/")
    return NormalizedName(project), version


def _newest(tx: Transaction, project: NormalizedName, at: datetime) -> tuple[Any, Any]:
    return (
        described.release(tx, project, None, at=at),
        described.newest_releases(tx, at=at, limit=40, project=project),
    )


def _page(tx: Transaction, project: NormalizedName, at: datetime) -> list[bytes] | None:
    listing = visibility.listing(tx, project, at=at)
    return listing and [
        render.project(listing, representation, files_url="../../packages/").content
        for representation in (Representation.JSON, Representation.HTML)
    ]


def _said(ask: Callable[..., object], *args: Any, **how: Any) -> str:
    try:
        ask(*args, **how)
    except Problem as problem:
        return problem.message
    return "yes"
