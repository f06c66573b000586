"""The impact card: what a decision would reach, shown before it is made (MODERATION.md)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from moderation import trust
from moderation.admission import Deed, Standing, Verdict, verdict
from moderation.terms import Terms
from storage import accounts, downloads, reach, subjects
from storage.database import Transaction
from storage.reach import Deeds
from storage.reach import Verdict as Earlier
from storage.records import Account, Decision, Mode

ESTABLISHED_AFTER = timedelta(days=30)
"""A project that has been here for so long is established."""

DOWNLOADS_OF = timedelta(days=30)
MODE_LOOKS_BACK = timedelta(days=7)
VERDICTS = 20
"""How many earlier verdicts a card has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a decision on some subjects reaches."""

    files: int
    projects: tuple[str, ...]
    established: int
    oldest_at: datetime | None
    newest_at: datetime | None
    downloads: int
    """Of all files of these projects, in 30 days."""
    members: tuple[str, ...]
    verdicts: tuple[Earlier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Of so many, so many would have been refused, and so many would have waited."""

    total: int = 0
    refused: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a mode would have done with the last 7 days."""

    sign_ups: Tally = field(default_factory=Tally)
    uploads: Tally = field(default_factory=Tally)
    new_projects: Tally = field(default_factory=Tally)


def card(tx: Transaction, decision: Decision, *, at: datetime) -> Card:
    """What the decision reaches, and what was decided about its subjects before."""
    targets = subjects.resolve(tx, decision.subjects)
    ids = sorted({each.project_id for each in targets if each.project_id is not None})
    ages = reach.ages(tx, ids)
    before = reach.verdicts(tx, decision.subjects, limit=VERDICTS + 1)
    return Card(
        files=subjects.count_files(tx, targets),
        projects=subjects.project_names(tx, targets),
        established=sum(1 for made_at in ages if made_at <= at - ESTABLISHED_AFTER),
        oldest_at=ages[0] if ages else None,
        newest_at=ages[-1] if ages else None,
        downloads=downloads.of_projects(tx, ids, since=(at - DOWNLOADS_OF).date()),
        members=tuple(reach.members_of(tx, ids)),
        verdicts=tuple(each for each in before if each.decision != decision.id)[:VERDICTS],
    )


def forecast(tx: Transaction, mode: Mode, *, terms: Terms, at: datetime) -> Forecast:
    """What the mode would have refused or delayed of the last 7 days' sign-ups and uploads.

    Each account counts as what it was when it did the first of them.
    """
    done = reach.deeds(tx, (_SIGN_UP, _NEW_PROJECT, _UPLOAD), since=at - MODE_LOOKS_BACK)
    counted: dict[Deed, list[tuple[int, Verdict]]] = {deed: [] for deed in Deed}
    for actor, theirs in groupby(done, key=attrgetter("actor")):
        account = accounts.by_name(tx, actor.partition(":")[2])
        if account is not None and account.actor == actor:
            for deed, count, standing in _deeds(tx, account, list(theirs), terms):
                counted[deed].append((count, verdict(mode, deed, standing)))
    return Forecast(
        sign_ups=_tally(counted[Deed.SIGN_UP]),
        uploads=_tally(counted[Deed.UPLOAD]),
        new_projects=_tally(counted[Deed.NEW_PROJECT]),
    )


_SIGN_UP, _NEW_PROJECT, _UPLOAD = "account-add", "project-add", "upload"


def _deeds(
    tx: Transaction, account: Account, done: Sequence[Deeds], terms: Terms
) -> Iterator[tuple[Deed, int, Standing]]:
    counts = {each.act: each.count for each in done}
    first_at = min(each.first_at for each in done)
    standing = trust.standing(tx, account, at=first_at, trial=terms.trial)
    new_projects = counts.get(_NEW_PROJECT, 0)
    yield Deed.SIGN_UP, counts.get(_SIGN_UP, 0), Standing.NEW
    yield Deed.NEW_PROJECT, new_projects, standing
    yield Deed.UPLOAD, max(counts.get(_UPLOAD, 0) - new_projects, 0), standing


def _tally(counted: Sequence[tuple[int, Verdict]]) -> Tally:
    def of(wanted: Verdict) -> int:
        return sum(count for count, found in counted if found is wanted)

    return Tally(
        total=sum(count for count, _ in counted),
        refused=of(Verdict.REFUSE),
        waiting=of(Verdict.WAIT),
    )
