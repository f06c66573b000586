"""The acts that a moderator can decide: which fields each takes, and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec

from index.api.bodies import Body
from index.api.numbers import LARGEST_NUMBER
from moderation import deciding, decisions, limits, modes, overriding, trust
from moderation.deciding import Affected, Why
from storage import decisions as stored_decisions
from storage.database import Transaction
from storage.problems import Conflict, Unprocessable
from storage.records import Act, Allowance, Decision, Effect, Mode

KEY_CHARACTERS = 255

MOST = msgspec.Meta(max_length=deciding.MAX_SUBJECTS)
"""How many subjects or holds one decision names."""

Number = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_NUMBER)]
"""The number of a hold or a decision."""

Words = Annotated[str, msgspec.Meta(max_length=deciding.MAX_REASON_CHARACTERS)]
"""A reason or a note."""

LimitNumber = Annotated[int, msgspec.Meta(ge=0, le=limits.MOST)]
"""How much an account may add; 0 is nothing."""


class NewLimits(Body, frozen=True):
    """The limits that a decision gives to accounts; what is left out is as for everybody."""

    projects_per_day: LimitNumber | None = None
    files_per_day: LimitNumber | None = None
    files_per_10_minutes: LimitNumber | None = None


class NewDecision(Body, frozen=True):
    """One act on one or many subjects, with a reason."""

    act: Act
    reason: Words
    mode: Mode | None = None
    limits: NewLimits | None = None
    subjects: Annotated[tuple[str, ...], MOST] = ()
    holds: Annotated[tuple[Number, ...], MOST] = ()
    effects: tuple[Effect, ...] = ()
    note: Words = ""
    private_note: Words = ""
    length: str | None = msgspec.field(name="for", default=None)
    until: str | None = None
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=KEY_CHARACTERS)] | None = None
    case: Number | None = None
    version: Number | None = None


def decided(
    tx: Transaction, wanted: NewDecision, why: Why, until: datetime | None
) -> tuple[Decision, Affected]:
    """Make the decision, or find the one that was made with the same key. Raises Conflict."""
    if wanted.key and (before := stored_decisions.by_key(tx, by=why.by, key=wanted.key)):
        return _decided_before(tx, *before, why)
    made = ACTS[wanted.act].decide(tx, wanted, why, until)
    return made, deciding.affected(tx, made)


def check_fields(wanted: NewDecision) -> None:
    """Raises Unprocessable for an act that is not decided here, or with fields not its own."""
    if (act := ACTS.get(wanted.act)) is None:
        known = ", ".join(ACTS)
        raise Unprocessable(f"The act of a decision here is one of {known}, not {wanted.act}.")
    given = {
        field.encode_name
        for field in msgspec.structs.fields(NewDecision)
        if getattr(wanted, field.name) != field.default
    }
    if strange := given - OF_EVERY_ACT - act.takes:
        raise Unprocessable(
            f"The act {wanted.act} has no {', '.join(sorted(strange))}.",
            hint=f"Besides what every act has, it takes {', '.join(sorted(act.takes))}.",
        )
    if "version" in given and "case" not in given:
        raise Unprocessable("Name the case whose version this is.")
    if missing := act.needs - given:
        raise Unprocessable(f"The act {wanted.act} needs {', '.join(sorted(missing))}.")


def _decided_before(
    tx: Transaction, decision_id: int, request: str | None, why: Why
) -> tuple[Decision, Affected]:
    """What was decided with this key, if it was the same and still stands. Raises Conflict."""
    if request != why.key_request:
        raise Conflict(f"Decision {decision_id} was made with this key, and is another one.")
    before = stored_decisions.by_id(tx, decision_id)
    if not before.effective:
        raise Conflict(f"Decision {decision_id} was made with this key, and has been undone since.")
    return before, deciding.affected(tx, before)


def _hold(tx: Transaction, wanted: NewDecision, why: Why, until: datetime | None) -> Decision:
    return decisions.hold(tx, wanted.subjects, why=why, effects=wanted.effects, until=until)


def _release(tx: Transaction, wanted: NewDecision, why: Why, _until: datetime | None) -> Decision:
    return decisions.release(tx, wanted.subjects, why=why, hold_ids=wanted.holds)


def _set_mode(tx: Transaction, wanted: NewDecision, why: Why, until: datetime | None) -> Decision:
    return modes.set_mode(tx, wanted.mode or Mode.OPEN, why=why, until=until)


def _vouch(tx: Transaction, wanted: NewDecision, why: Why, _until: datetime | None) -> Decision:
    return trust.vouch(tx, wanted.subjects, why=why)


def _limit(tx: Transaction, wanted: NewDecision, why: Why, until: datetime | None) -> Decision:
    allowed = Allowance(**msgspec.structs.asdict(wanted.limits or NewLimits()))
    return overriding.override(tx, wanted.subjects, allowed, why=why, until=until)


def _dismiss(tx: Transaction, wanted: NewDecision, why: Why, _until: datetime | None) -> Decision:
    return decisions.dismiss(tx, wanted.case or 0, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """One act: what it does, which fields it takes besides those of every act, and needs."""

    decide: Callable[[Transaction, NewDecision, Why, datetime | None], Decision]
    takes: frozenset[str]
    needs: frozenset[str] = frozenset()


OF_EVERY_ACT = frozenset({"act", "reason", "note", "private_note", "key"})
CASE = frozenset({"case", "version"})

ACTS: Mapping[Act, Deciding] = {
    Act.HOLD: Deciding(decide=_hold, takes=CASE | {"subjects", "effects", "for", "until"}),
    Act.RELEASE: Deciding(decide=_release, takes=CASE | {"subjects", "holds"}),
    Act.DISMISS: Deciding(decide=_dismiss, takes=CASE, needs=frozenset({"case"})),
    Act.MODE: Deciding(
        decide=_set_mode, takes=frozenset({"mode", "for", "until"}), needs=frozenset({"mode"})
    ),
    Act.VOUCH: Deciding(decide=_vouch, takes=CASE | {"subjects"}),
    Act.LIMITS: Deciding(
        decide=_limit,
        takes=CASE | {"subjects", "limits", "for", "until"},
        needs=frozenset({"limits"}),
    ),
}
"""Every act that `POST /api/moderation/decisions` takes. There is no other list of them."""
