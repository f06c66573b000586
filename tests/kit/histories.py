"""Histories: what people may do to an index, as values that can be lived more than once."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from storage.problems import Problem
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
FIRST = tuple(FILES)[:2]
"""The files that are there when a history begins."""
RELEASES = ("release:toasting/1.0", "release:toasting/2.0")
PARTS = (*FILES, *RELEASES)
THINGS = (*PARTS, "project:toasting")
PEOPLE = ("account:ann", "token:ann", "account:bob")
"""The token of each is named after them."""
CASES = (*(f"project:{name}" for name in PROJECTS), *(f"account:{name}" for name in UPLOADERS))
"""What there may be a case about."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """Somebody tries something, or time passes."""

    act: str
    by: str = ""
    args: tuple[Any, ...] = ()
    case: str = ""
    """The subject of the case that a decision settles."""


@dataclass(kw_only=True)
class Done:
    """A step that was not refused, and when; a decision has its number, all else 0."""

    step: Step
    at: datetime
    decision: int = 0
    undoes: set[int] = field(default_factory=set)
    ends: list[tuple[int, str]] = field(default_factory=list)
    """The holds that a release named, each by its decision and its subject."""
    met: "Met | None" = None
    """What an upload met when it came; what is sent again meets nothing."""


@dataclass(frozen=True, kw_only=True)
class Met:
    """The modes that an upload has to wait for, each by its decision, and what was noticed."""

    waits: list[int]
    signals: list[tuple[Any, ...]]


class Index(Protocol):
    """Where a history is lived. An act that is refused raises a Problem."""

    def act(self, step: Step, at: datetime) -> int:
        """Do what the step says, and return the number of the decision, or 0."""

    def force(self, step: Step, at: datetime) -> int:
        """Do, past every check, what a world needs in which something was never decided."""

    def met(self, file: str) -> Met:
        """What a file met when it was received."""

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
        sent = {*FIRST, *(each.step.args[0] for each in history if each.step.act == "upload")}
        if step.act == "upload" and step.args[0] not in sent:
            done.met = index.met(step.args[0])
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
            return replace(step, args=tuple(done.undoes))
        case "appeal":
            theirs = [each for each in made if each.step.act in ("hold", "limits")]
            return replace(step, args=(_picked(theirs, step.args)[0].decision if theirs else 0,))
        case "undo all":
            whose, since = step.args[0], done.at - step.args[1]
            theirs = [d for d in made if d.step.by == whose and d.at >= since]
            theirs = [d for d in theirs if step.case in ("", d.step.case)]
            # What owners withdrew and restored is theirs.
            done.undoes = {d.decision for d in theirs if d.step.act not in ("withdraw", "restore")}
            return replace(step, args=(whose, since))
        case "release" | "hold again":
            held = dict.fromkeys(each for d in made for each in index.opened(d.decision))
            picked = _picked(list(held), step.args[0])
            again = () if step.act == "release" else ([], None)
            return replace(step, act=step.act.split()[0], args=(picked, *again))
        case "release holds":
            holds = [(d.decision, each) for d in made for each in index.opened(d.decision)]
            done.ends = _picked(holds, step.args[0])
            numbers = [index.opened(decision)[subject] for decision, subject in done.ends]
            return replace(step, args=(numbers,))
    return step


def _picked(things: list[T], picks: Iterable[int]) -> list[T]:
    """Those of *things* that the picks fall on, counted from the newest."""
    return (
        [things[-1 - at] for at in sorted({pick % len(things) for pick in picks})] if things else []
    )
