"""Which steps a random history is made of, and how often each."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from storage.records import Effect, Kind, Mode, Status
from tests.kit.histories import (
    CASES,
    DAY,
    FILES,
    HOUR,
    MODERATORS,
    PARTS,
    PEOPLE,
    PROJECTS,
    THINGS,
    UPLOADERS,
    Step,
)


def histories(most: int) -> st.SearchStrategy[list[Step]]:
    """At most so many steps, and then a random few of the decisions undone in a random order."""
    # Hypothesis makes lists about twice as long as they have to be.
    some = st.lists(_STEPS, min_size=most // 4, max_size=most)
    return st.tuples(some, st.lists(_UNDO, max_size=8)).map(lambda both: both[0] + both[1])


_NO_CASE = st.just("")


def _step(
    act: str, by: tuple[str, ...], *args: st.SearchStrategy[Any], case: Any = _NO_CASE
) -> st.SearchStrategy[Step]:
    return st.builds(Step, st.just(act), st.sampled_from(by), st.tuples(*args), case)


def _some(things: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(things), min_size=1, max_size=3, unique=True)


_PICK = st.integers(0, 7)
"""Which of all there are, counted from the newest."""
_PICKS = st.lists(_PICK, min_size=1, max_size=2)
_LENGTH = st.sampled_from([None, None, timedelta(microseconds=1), HOUR, DAY])
_EFFECTS = st.lists(st.sampled_from([Effect.HIDE, Effect.REFUSE, Effect.FREEZE]), unique=True)
_WHOM = st.sampled_from([each for each in PEOPLE if each.startswith("account:")])
_ABOUT = st.sampled_from(CASES)
_CASE = st.sampled_from(["", "", *CASES])
"""Most decisions settle no case, or one that is not there."""

_UNDO = _step("undo", MODERATORS, _PICK)
_UPLOAD = _step("upload", UPLOADERS, st.sampled_from(list(FILES)))
_MODE = _step("mode", MODERATORS, st.sampled_from([*Mode, *[Mode.REVIEW] * 4]), _LENGTH)
_AGAIN = _step("hold again", MODERATORS, _PICKS, case=_CASE)
_RELEASE = _step("release", MODERATORS, _PICKS, case=_CASE)
_REPORT = _step(
    "report", UPLOADERS, st.sampled_from((*THINGS, *PEOPLE)), st.sampled_from(list(Kind)[:2])
)
_STEPS = st.one_of(
    st.builds(Step, st.just("wait"), args=st.tuples(st.sampled_from([HOUR, DAY]))),
    _UPLOAD,
    _UPLOAD,
    st.one_of(
        _step("yank", UPLOADERS, st.sampled_from(PARTS)),
        _step("unyank", UPLOADERS, st.sampled_from(PARTS)),
        _step("say", UPLOADERS, st.sampled_from(PROJECTS), st.sampled_from(list(Status)[:3])),
    ),
    _REPORT,
    _REPORT,
    _step("dismiss", MODERATORS, case=_ABOUT),
    _step("dismiss", MODERATORS, case=_ABOUT),
    _step("appeal", UPLOADERS, _PICK),
    st.one_of(
        _step("claim", MODERATORS, _ABOUT),
        _step("take over", MODERATORS, _ABOUT),
        _step("give back", MODERATORS, _ABOUT),
    ),
    _MODE,
    _MODE,
    _step("vouch", MODERATORS, _WHOM, case=_CASE),
    _step("limits", MODERATORS, _WHOM, st.sampled_from([0, 1, 2, 100]), _LENGTH, case=_CASE),
    _step("withdraw", UPLOADERS, st.sampled_from(PARTS)),
    _step("restore", UPLOADERS, st.sampled_from(PARTS)),
    _step("hold", MODERATORS, _some(THINGS), _EFFECTS, _LENGTH, case=_CASE),
    _AGAIN,
    _AGAIN,
    _step("hold", MODERATORS, _some(PEOPLE), st.just([]), _LENGTH, case=_CASE),
    _RELEASE,
    _RELEASE,
    _step("release holds", MODERATORS, _PICKS, case=_CASE),
    _UNDO,
    _UNDO,
    _UNDO,
    _step(
        "undo all",
        MODERATORS,
        st.sampled_from(UPLOADERS + MODERATORS),
        _LENGTH.map(lambda length: length or timedelta(0)),
        case=_CASE,
    ),
)
