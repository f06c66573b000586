"""Law 2 for cases: what was undone, in whatever order, never settled anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation import decisions, reports, undoing
from moderation.deciding import Why
from moderation.reports import Statement
from moderation.terms import Terms
from storage import cases, subjects
from storage import decisions as stored_decisions
from storage import reports as stored_reports
from storage.database import Transaction
from storage.problems import Conflict
from storage.records import Account, Kind, Report, Track
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

NAMES = ("toasting", "crumpets")
TERMS = Terms(reports_per_day=1_000)


@dataclass(frozen=True)
class Step:
    """Somebody reports, settles or undoes; *which* chooses among what there is."""

    act: str
    name: str
    which: int


@dataclass(frozen=True)
class Ended:
    """What is to be seen at the end: each report's outcome, what is open, the track records."""

    outcomes: Sequence[tuple[str, str, str, str | None]]
    open: Sequence[bool]
    tracks: Sequence[Track]


steps = st.lists(
    st.builds(
        Step,
        act=st.sampled_from(["report", "report", "hold", "dismiss", "undo"]),
        name=st.sampled_from(NAMES),
        which=st.integers(0, 9),
    ),
    max_size=20,
)


@settings(
    max_examples=settings.default.max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=steps)
def test_undoing_leaves_what_would_be_without_it(
    world: World, ann: Person, bob: Person, history: Sequence[Step]
):
    for name in NAMES:
        ann.uploads(a_wheel(name))
    reporters = [each.account for each in (ann, bob) if each.account is not None]

    def lived(tx: Transaction) -> tuple[Ended, list[Step]]:
        made = [(step, _do(tx, step, reporters, world)) for step in history]
        kept = [step for step, decision in made if _stands(tx, decision)]
        return _ended(tx, reporters, world), kept

    def never_undone(tx: Transaction, kept: Sequence[Step]) -> Ended:
        for step in kept:
            _do(tx, step, reporters, world)
        return _ended(tx, reporters, world)

    database = world.services.database
    seen, kept = database.rehearse_now(lived)
    assert database.rehearse_now(never_undone, kept) == seen


def _do(tx: Transaction, step: Step, reporters: Sequence[Account], world: World) -> int | None:
    """The decision that was made; 0 for a report, None for what was refused."""
    why = Why(by="account:bea", at=world.clock(), reason=f"{step.which}")
    subject = subjects.project(step.name)
    reporter, kind = reporters[step.which % 2], list(Kind)[step.which // 2]
    numbers = _cases(tx)
    try:
        if step.act == "report":
            said = Statement(kind=kind, summary="So.")
            reports.report(tx, [subject], said, reporter, terms=TERMS, at=why.at)
            return 0
        if step.act == "undo":
            newest = stored_decisions.newest(tx, limit=10)
            chosen = newest[step.which % len(newest)]
            return undoing.undo(tx, chosen.id, why=why).id if chosen.by == why.by else None
        if step.name not in numbers:
            return None
        why = Why(by=why.by, at=why.at, reason=why.reason, case=numbers[step.name])
        if step.act == "dismiss":
            return decisions.dismiss(tx, numbers[step.name], why=why).id
        return decisions.hold(tx, [subject], why=why).id
    except Conflict:
        return None


def _stands(tx: Transaction, decision: int | None) -> bool:
    """A report, or a decision that is effective and takes nothing back."""
    if not decision:
        return decision == 0
    made = stored_decisions.by_id(tx, decision)
    return made.effective and made.undoes == ()


def _ended(tx: Transaction, reporters: Sequence[Account], world: World) -> Ended:
    said: list[Report] = []
    for reporter in reporters:
        said += stored_reports.of_reporter(tx, reporter.id, limit=100)
    tracks = stored_reports.tracks(tx, [reporter.id for reporter in reporters])
    return Ended(
        outcomes=[
            (each.subject, each.kind, each.outcome, each.ending.reason if each.ending else None)
            for each in said
        ],
        open=[cases.is_open(tx, number, at=world.clock()) for number in _cases(tx).values()],
        tracks=list(tracks.values()),
    )


def _cases(tx: Transaction) -> dict[str, int]:
    """The case of each project that has one."""
    found = (cases.by_id(tx, number) for number in (1, 2))
    return {each.subject.partition(":")[2]: each.id for each in found if each is not None}
