"""The same history in a world in which what is undone was never decided."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from storage.problems import Conflict
from tests.kit.histories import Done, Index, Step

DOMAIN = ("upload", "yank", "unyank", "say", "report")
CLAIMS = ("claim", "take over", "give back")
SETTLING = ("hold", "release", "release holds", "dismiss", "vouch", "limits")


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
    """Live what stands at the end, and nothing else.

    What uploaders did and reported, and which cases were claimed, stays done, also where a hold
    would now forbid it: no decision writes that (law 1). An upload waits for the modes that it
    met, but for those that are undone, and an appeal is there while its decision is. Each other
    decision is made too: a withdrawal although it would be a second one, and of a release each
    part that still has something to end. The rest of it would be a 409, and would end nothing.
    """
    made: dict[int, int] = {}
    for done in standing(history):
        if done.step.case and done.step.act in SETTLING:
            index.force(replace(done.step, act="settle", args=(done.step.act,)), done.at)
        made[done.decision] = _live(index, replace(done, step=replace(done.step, case="")), made)


def _live(index: Index, done: Done, made: dict[int, int]) -> int:
    step, at = done.step, done.at
    if step.act in DOMAIN:
        with _nothing_decided(index, done):
            index.act(step, at)
        if done.met:
            waits = [made[mode] for mode in done.met.waits if made.get(mode)]
            index.force(Step("meet", step.by, (step.args[0], replace(done.met, waits=waits))), at)
    elif step.act in ("hold", "withdraw", *CLAIMS):
        return index.force(step, at)
    elif step.act == "appeal" and step.args[0] in made:
        index.force(replace(step, args=(made[step.args[0]],)), at)
    elif step.act in ("vouch", "limits"):
        return index.act(step, at)
    elif step.act == "mode":
        return _if_possible(index, done)
    elif step.act == "release":
        for subject in step.args[0]:
            _if_possible(index, replace(done, step=replace(step, args=([subject],))))
    elif step.act == "release holds":
        for decision, subject in done.ends:
            if decision in made:
                number = index.opened(made[decision])[subject]
                _if_possible(index, replace(done, step=replace(step, args=([number],))))
    return 0


@contextmanager
def _nothing_decided(index: Index, done: Done) -> Iterator[None]:
    """For a moment nothing that was decided counts."""
    index.force(Step("count", args=(False,)), done.at)
    yield
    index.force(Step("count", args=(True,)), done.at)


def _if_possible(index: Index, done: Done) -> int:
    with suppress(Conflict):
        return index.act(done.step, done.at)
    return 0
