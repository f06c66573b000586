"""Effects: which there are, what each kind of subject can be under, and what it gets unless told.

Each effect has its way back here too: a test fails for one that no act could end.
"""

from collections.abc import Collection

from storage.problems import Invalid
from storage.records import Effect
from storage.subjects import kind_of

POSSIBLE: dict[str, frozenset[Effect]] = {
    "file": frozenset({Effect.HIDE, Effect.REFUSE, Effect.FREEZE, Effect.WAIT}),
    "release": frozenset({Effect.HIDE, Effect.REFUSE, Effect.FREEZE, Effect.WAIT}),
    "project": frozenset({Effect.HIDE, Effect.REFUSE, Effect.FREEZE, Effect.WAIT}),
    "account": frozenset({Effect.SUSPEND}),
    "token": frozenset({Effect.SUSPEND}),
    "index": frozenset(),
}
"""The effects that mean something on each kind of subject."""

USUAL: dict[str, frozenset[Effect]] = {
    "file": frozenset({Effect.HIDE}),
    "release": frozenset({Effect.HIDE}),
    "project": frozenset({Effect.HIDE, Effect.FREEZE}),
    "account": frozenset({Effect.SUSPEND}),
    "token": frozenset({Effect.SUSPEND}),
    "index": frozenset(),
}
"""The effects of a hold that names none (DESIGN.md section 6)."""


def checked_effects(subject: str, wanted: Collection[Effect]) -> frozenset[Effect]:
    """The effects of a hold on *subject*: those wanted, or the usual ones. Raises Invalid."""
    kind = kind_of(subject)
    if not POSSIBLE[kind]:
        raise Invalid(
            f"{subject} is held by setting a mode.", hint="Use the act mode, or bascule mode set."
        )
    if not wanted:
        return USUAL[kind]
    if strange := sorted(set(wanted) - POSSIBLE[kind]):
        raise Invalid(
            f"{subject} cannot be under {', '.join(strange)}.",
            hint=f"For a subject of this kind: {', '.join(sorted(POSSIBLE[kind]))}.",
        )
    return frozenset(wanted)
