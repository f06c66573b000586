"""Histories: what people may do to an index, as values that can be lived more than once."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from storage.problems import Conflict, Problem
from storage.records import Effect, Mode, Status
from tests.kit.makers import Archive, a_wheel, an_sdist

UPLOADERS, MODERATORS = ("ann", "bob"), ("bea", "cat")
PROJECTS = ("toasting", "crumpets")
FILES: dict[str, Archive] = {
    f"file:{archive.filename}": archive
    for archive in (
        a_wheel("toasting", "1.0"),
        an_sdist("toasting", "1.0"),
        a_wheel("toasting", "2.0"),
        a_wheel("crumpets", "1.0"),
    )
}
RELEASES = ("release:toasting/1.0", "release:toasting/2.0")
PARTS = (*FILES, *RELEASES)
THINGS = (*PARTS, "project:toasting")
PEOPLE = ("account:ann", "token:ann", "account:bob")
"""The token of each is named after them."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
T = TypeVar("T")

DOMAIN = ("upload", "yank", "unyank", "say")


@dataclass(frozen=True)
class Step:
    """Somebody tries something, or time passes."""

    act: str
    by: str = ""
    args: tuple[Any, ...] = ()


@dataclass(kw_only=True)
class Done:
    """A step that was not refused, and when; a decision has its number, all else 0."""

    step: Step
    at: datetime
    decision: int = 0
    undoes: set[int] = field(default_factory=set)
    ends: list[tuple[int, str]] = field(default_factory=list)
    """The holds that a release named, each by its decision and its subject."""
    waits: list[int] = field(default_factory=list)
    """The modes that an upload met and has to wait for, each by its decision."""


class Index(Protocol):
    """Where a history is lived. An act that is refused raises a Problem."""

    def act(self, step: Step, at: datetime) -> int:
        """Do what the step says, and return the number of the decision, or 0."""

    def waits(self, file: str) -> list[int]:
        """The decisions under which a file was received, for which it has to wait."""

    def opened(self, decision: int) -> dict[str, int]:
        """The subjects that a decision put holds on, each with the number of the hold."""


def lived(index: Index, steps: list[Step], now: datetime) -> tuple[list[Done], datetime]:
    """What came of the steps, and what time it is then."""
    history: list[Done] = []
    for step in steps:
        if step.act == "wait":
            now += step.args[0]
            continue
        done = Done(step=step, at=now)
        try:
            done.step = _resolved(index, history, done)
            done.decision = index.act(done.step, now)
        except Problem:
            continue
        sent = [each.step.args for each in history if each.step.act == "upload"]
        if step.act == "upload" and step.args not in sent:
            done.waits = index.waits(step.args[0])  # What is sent again meets no mode.
        history.append(done)
    return history, now


def _resolved(index: Index, history: list[Done], done: Done) -> Step:
    """The step with real numbers in place of picks; *done* learns what it undoes or ends."""
    step, made = done.step, [each for each in history if each.decision]
    match step.act:
        case "restore":
            mine = ("withdraw", step.args)
            done.undoes = {d.decision for d in made if (d.step.act, d.step.args) == mine}
        case "undo":
            done.undoes = {made[-1 - step.args[0] % len(made)].decision} if made else {0}
            return Step("undo", step.by, tuple(done.undoes))
        case "undo all":
            whose, since = step.args[0], done.at - step.args[1]
            theirs = [d for d in made if d.step.by == whose and d.at >= since]
            # What owners withdrew and restored is theirs.
            done.undoes = {d.decision for d in theirs if d.step.act not in ("withdraw", "restore")}
            return Step("undo all", step.by, (whose, since))
        case "release" | "hold again":
            held = dict.fromkeys(each for d in made for each in index.opened(d.decision))
            picked = _picked(list(held), step.args[0])
            again = () if step.act == "release" else ([], None)
            return Step(step.act.split()[0], step.by, (picked, *again))
        case "release holds":
            holds = [(d.decision, each) for d in made for each in index.opened(d.decision)]
            done.ends = _picked(holds, step.args[0])
            numbers = [index.opened(decision)[subject] for decision, subject in done.ends]
            return Step("release holds", step.by, (numbers,))
    return step


def _picked(things: list[T], picks: list[int]) -> list[T]:
    """Those of *things* that the picks fall on, counted from the newest."""
    return (
        [things[-1 - at] for at in sorted({pick % len(things) for pick in picks})] if things else []
    )


def standing(history: list[Done]) -> list[Done]:
    """What is effective at the end: "a decision is effective while no effective undo points at
    it" (MODERATION.md). An undo points at what is older, so the newest comes first.
    """
    undone: set[int] = set()
    kept = []
    for each in reversed(history):
        if not each.decision or each.decision not in undone:
            undone |= each.undoes
            kept.append(each)
    return kept[::-1]


def lived_without(index: Index, history: list[Done]) -> None:
    """Live the same history in a world in which what is undone was never decided.

    What owners and uploaders did stays done, also where a hold would now forbid it: decisions
    never write domain rows, so these are the same in both worlds (law 1). Every other decision
    is made too: a withdrawal although it would be a second one, and of a release each part that
    still has something to end. The rest of it would be a 409, and would end nothing. An upload
    waits for the modes that it met, but for those that are undone.
    """
    for done in history:
        if done.step.act in DOMAIN:
            index.act(done.step, done.at)
    made: dict[int, int] = {}
    for done in standing(history):
        match done.step.act:
            case "upload":
                for mode in filter(made.get, done.waits):
                    index.act(Step("force wait", args=(done.step.args[0], made[mode])), done.at)
            case "mode":
                with suppress(Conflict):
                    made[done.decision] = index.act(done.step, done.at)
            case "vouch" | "limits":
                index.act(done.step, done.at)
            case "hold" | "withdraw":
                force = Step(f"force {done.step.act}", done.step.by, done.step.args)
                made[done.decision] = index.act(force, done.at)
            case "release":
                for subject in done.step.args[0]:
                    _if_held(index, Step("release", done.step.by, ([subject],)), done.at)
            case "release holds":
                for decision, subject in done.ends:
                    if decision in made:
                        number = index.opened(made[decision])[subject]
                        _if_held(index, Step("release holds", done.step.by, ([number],)), done.at)


def _if_held(index: Index, step: Step, at: datetime) -> None:
    with suppress(Conflict):
        index.act(step, at)


def _step(act: str, by: tuple[str, ...], *args: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.builds(Step, st.just(act), st.sampled_from(by), st.tuples(*args))


def _some(things: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(things), min_size=1, max_size=3, unique=True)


_PICK = st.integers(0, 7)
"""Which of all there are, counted from the newest."""
_LENGTH = st.sampled_from([None, None, timedelta(microseconds=1), HOUR, DAY])
_EFFECTS = st.lists(st.sampled_from([Effect.HIDE, Effect.REFUSE, Effect.FREEZE]), unique=True)
_UNDO = _step("undo", MODERATORS, _PICK)
_HOLD = _step("hold", MODERATORS, _some(THINGS), _EFFECTS, _LENGTH)
_PICKS = st.lists(_PICK, min_size=1, max_size=2)
_AGAIN = _step("hold again", MODERATORS, _PICKS)
_RELEASE = _step("release", MODERATORS, _PICKS)
_MODE = _step("mode", MODERATORS, st.sampled_from([*Mode, *[Mode.REVIEW] * 4]), _LENGTH)
_WHOM = st.sampled_from([each for each in PEOPLE if each.startswith("account:")])
_VOUCH = _step("vouch", MODERATORS, _WHOM)
_LIMITS = _step("limits", MODERATORS, _WHOM, st.sampled_from([0, 1, 2, 100]), _LENGTH)
_UPLOAD = _step("upload", UPLOADERS, st.sampled_from(list(FILES)))
_STEPS = st.one_of(
    st.builds(Step, st.just("wait"), args=st.tuples(st.sampled_from([HOUR, DAY]))),
    _UPLOAD,
    _UPLOAD,
    st.one_of(
        _step("yank", UPLOADERS, st.sampled_from(PARTS)),
        _step("unyank", UPLOADERS, st.sampled_from(PARTS)),
        _step("say", UPLOADERS, st.sampled_from(PROJECTS), st.sampled_from(list(Status)[:3])),
    ),
    _MODE,
    _MODE,
    _VOUCH,
    _LIMITS,
    _step("withdraw", UPLOADERS, st.sampled_from(PARTS)),
    _step("restore", UPLOADERS, st.sampled_from(PARTS)),
    _HOLD,
    _AGAIN,
    _AGAIN,
    _step("hold", MODERATORS, _some(PEOPLE), st.just([]), _LENGTH),
    _RELEASE,
    _RELEASE,
    _step("release holds", MODERATORS, _PICKS),
    _UNDO,
    _UNDO,
    _UNDO,
    _step(
        "undo all",
        MODERATORS,
        st.sampled_from(UPLOADERS + MODERATORS),
        _LENGTH.map(lambda length: length or timedelta(0)),
    ),
)


def histories(most: int) -> st.SearchStrategy[list[Step]]:
    """At most so many steps, and then a random few of the decisions undone in a random order."""
    # Hypothesis makes lists about twice as long as they have to be.
    some = st.lists(_STEPS, min_size=most // 4, max_size=most)
    return st.tuples(some, st.lists(_UNDO, max_size=8)).map(lambda both: both[0] + both[1])
