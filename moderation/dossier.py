"""Everything about one case, as one screen shows it: what was said, by whom, and what depends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.cases import claimant, known_case
from storage import appeals, cases, contents, journal, projects, reports
from storage.database import Transaction
from storage.records import Appeal, Case, Decision, Ending, Entry, Report, Signal, Track, Waiting

LISTED = 50
"""How many of each the screen has; how many there are is told besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One case. Each list begins with the newest and may be cut; *counts* are of all."""

    case: Case
    open: bool
    settled: Ending | None
    version: int
    claimed_by: str | None
    reports: Sequence[Report]
    tracks: dict[int, Track]
    signals: Sequence[Signal]
    waiting: Sequence[Waiting]
    appeals: Sequence[Appeal]
    decisions: Sequence[Decision]
    files: Sequence[str]
    members: Sequence[str]
    history: Sequence[Entry]
    counts: dict[str, int]
    downloads: int
    created_at: datetime | None
    """When the project was made; None for an account."""


def of_case(tx: Transaction, case_id: int, *, at: datetime) -> Dossier:
    """All there is about the case. Raises NotFound."""
    case = known_case(tx, case_id)
    said, number_said = reports.in_case(tx, case_id, limit=LISTED)
    noticed, number_noticed = contents.signals_in(tx, case_id, limit=LISTED)
    waiting, number_waiting = contents.waiting_in(tx, case, at=at, limit=LISTED)
    appealed, number_appealed = appeals.in_case(tx, case_id, limit=LISTED)
    size = contents.exposed(tx, [case_id]).get(case_id)
    members = projects.members_of(tx, case.project_id) if case.project_id else []
    files = contents.filenames(tx, case.project_id, limit=LISTED) if case.project_id else []
    is_open = cases.is_open(tx, case_id, at=at)
    return Dossier(
        case=case,
        open=is_open,
        settled=None if is_open else cases.settlement(tx, case_id),
        version=cases.version(tx, case_id),
        claimed_by=claimant(case, at=at),
        reports=said,
        tracks=reports.tracks(tx, {report.reporter_id for report in said}),
        signals=noticed,
        waiting=waiting,
        appeals=appealed,
        decisions=contents.decisions_about(tx, case, limit=LISTED),
        files=files,
        members=[member.name for member in members[:LISTED]],
        history=journal.of_case(tx, case_id, limit=LISTED),
        counts={
            "reports": number_said,
            "signals": number_noticed,
            "waiting": number_waiting,
            "appeals": number_appealed,
            "files": size.files if size else 0,
            "members": len(members),
        },
        downloads=size.downloads if size else 0,
        created_at=size.created_at if size else None,
    )
