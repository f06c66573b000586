"""The queue: the open cases in the order in which they should be looked at, and why.

A case presses by severity × exposure × corroboration × age. The track record of who reported
moves it in this order and does nothing else.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2, log10

from moderation.cases import claimant
from storage import cases, contents, reports
from storage.batches import batched
from storage.database import Transaction
from storage.records import Case, Kind, Track

MOST_RANKED = 10_000
"""How many open cases are ranked: those with reports before others, the oldest first."""

SEVERITY: Mapping[Kind, float] = {
    Kind.MALWARE: 8,
    Kind.DEPENDENCY_CONFUSION: 6,
    Kind.IMPERSONATION: 4,
    Kind.SPAM: 2,
    Kind.OTHER: 1,
}
APPEAL, WAITING, FULL_SIGNAL = 5.0, 2.0, 3.0
"""How severe the rest is; for signals, from a score of 100 on."""

OLDEST_COUNTED = timedelta(days=7)
OLDEST_PROJECT_COUNTED = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is open in a case, and how much depends on what it is about."""

    reporters: Mapping[Kind, Collection[Track]]
    """For each kind of report, everybody who reported it, by how their reports have ended."""
    oldest_at: datetime
    score: int = 0
    appeals: int = 0
    waiting: int = 0
    downloads: int = 0
    files: int = 0
    created_at: datetime | None = None
    """When the project was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One open case in the queue: how it presses, and the reasons in words."""

    case: Case
    version: int
    claimed_by: str | None
    pressure: float
    reasons: tuple[str, ...]


def lines(tx: Transaction, *, at: datetime, only_unclaimed: bool = False) -> list[Line]:
    """Every open case, the most pressing first."""
    found = cases.open_ones(tx, at=at, limit=MOST_RANKED)
    if only_unclaimed:
        found = [case for case in found if claimant(case, at=at) is None]
    ranked = [
        Line(
            case=case,
            version=version,
            claimed_by=claimant(case, at=at),
            pressure=pressure(facts, at=at),
            reasons=tuple(reasons(facts, at=at)),
        )
        for some in batched(found)
        for case, version, facts in _facts(tx, some, at)
    ]
    return sorted(ranked, key=lambda line: (-line.pressure, line.case.id))


def pressure(facts: Facts, *, at: datetime) -> float:
    """How much a case presses: a number that means nothing but its order."""
    kinds = facts.reporters.items()
    grounds = [SEVERITY[kind] * corroboration(tracks) for kind, tracks in kinds if tracks]
    grounds += [APPEAL] * bool(facts.appeals) + [WAITING] * bool(facts.waiting)
    grounds.append(FULL_SIGNAL * min(facts.score, 100) / 100)
    waited = min(max(at - facts.oldest_at, timedelta()), OLDEST_COUNTED)
    return max(grounds) * exposure(facts, at=at) * (1 + waited / timedelta(days=1))


def corroboration(tracks: Collection[Track]) -> float:
    """How much these reporters together are to be believed: 1 for one who is new to it."""
    return log2(1 + sum(2 * (t.confirmed + 1) / (t.confirmed + t.dismissed + 2) for t in tracks))


def exposure(facts: Facts, *, at: datetime) -> float:
    """How much depends on it: 1 for a new project that nobody downloads."""
    age = min(at - facts.created_at, OLDEST_PROJECT_COUNTED) if facts.created_at else timedelta()
    size = log10(1 + facts.downloads) + log10(1 + facts.files) / 2
    # A fourth: spam in the most popular project comes after malware in a new one.
    return 1 + (size + max(age / OLDEST_PROJECT_COUNTED, 0.0)) / 4


def reasons(facts: Facts, *, at: datetime) -> Iterator[str]:
    """Why a case stands where it does, in words, the worst first."""
    for kind in Kind:
        if tracks := facts.reporters.get(kind):
            yield f"{kind}, reported by {len(tracks)}"
    if facts.appeals:
        yield _counted(facts.appeals, "appeal")
    if facts.waiting:
        yield _counted(facts.waiting, "file") + " waiting"
    if facts.score:
        yield f"signals of {facts.score} together"
    if facts.downloads:
        yield _counted(facts.downloads, "download")
    yield f"oldest {_length(at - facts.oldest_at)} ago"


def _facts(
    tx: Transaction, found: Collection[Case], at: datetime
) -> Iterator[tuple[Case, int, Facts]]:
    ids = [case.id for case in found]
    reported = reports.open_in(tx, ids)
    tracks = reports.tracks(tx, {row.reporter_id for row in reported})
    said: dict[int, dict[Kind, dict[int, Track]]] = {}
    moments: dict[int, list[datetime]] = {case.id: [] for case in found}
    for row in reported:
        by = said.setdefault(row.case_id, {}).setdefault(Kind(row.kind), {})
        by[row.reporter_id] = tracks[row.reporter_id]
        moments[row.case_id].append(row.at)
    signalled, appealed = contents.open_signals(tx, ids), contents.open_appeals(tx, ids)
    waiting, exposed = contents.open_waits(tx, ids, at=at), contents.exposed(tx, ids)
    for group in (signalled, appealed, waiting):
        for id_, row in group.items():
            moments[id_].append(row.oldest_at)
    versions = cases.versions(tx, ids)
    for case in found:
        its, size = case.id, exposed.get(case.id)
        facts = Facts(
            reporters={kind: tuple(by.values()) for kind, by in said.get(its, {}).items()},
            oldest_at=min(moments[its]),
            score=signalled[its].score if its in signalled else 0,
            appeals=appealed[its].number if its in appealed else 0,
            waiting=waiting[its].number if its in waiting else 0,
            downloads=size.downloads if size else 0,
            files=size.files if size else 0,
            created_at=size.created_at if size else None,
        )
        yield case, versions.get(its, 0), facts


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _length(length: timedelta) -> str:
    minutes = max(int(length.total_seconds()), 0) // 60
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
