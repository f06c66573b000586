"""The ladder: what each mode does with whom. The table is the specification, and tests read it."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum

from storage.problems import Forbidden
from storage.records import Admission, Mode


class Deed(StrEnum):
    """What somebody wants to do."""

    SIGN_UP = "sign up"
    NEW_PROJECT = "new project"
    UPLOAD = "upload"
    CHANGE = "change"


class Standing(StrEnum):
    """Who it is, to admission: computed, never stored."""

    NEW = "new"
    TRUSTED = "trusted"


class Verdict(IntEnum):
    """What comes of it, the larger the stricter."""

    ADMIT = 0
    WAIT = 1
    REFUSE = 2


A, W, R = Verdict.ADMIT, Verdict.WAIT, Verdict.REFUSE

# fmt: off
LADDER: Mapping[tuple[Deed, Standing], tuple[Verdict, ...]] = {
    #                                         open careful review members updates read-only
    (Deed.SIGN_UP,     Standing.NEW):        (A,   A,      A,     R,      R,      R),
    (Deed.NEW_PROJECT, Standing.NEW):        (A,   W,      W,     R,      R,      R),
    (Deed.NEW_PROJECT, Standing.TRUSTED):    (A,   A,      A,     A,      R,      R),
    (Deed.UPLOAD,      Standing.NEW):        (A,   A,      W,     R,      R,      R),
    (Deed.UPLOAD,      Standing.TRUSTED):    (A,   A,      A,     A,      A,      R),
    (Deed.CHANGE,      Standing.NEW):        (A,   A,      A,     A,      A,      R),
    (Deed.CHANGE,      Standing.TRUSTED):    (A,   A,      A,     A,      A,      R),
}
# fmt: on
"""DESIGN.md section 4. Each step refuses or delays a superset of the step before it."""

LIMITS_DIVISOR: Mapping[Mode, int] = {mode: 4 if mode.step else 1 for mode in Mode}
"""Limits of new accounts are divided by this: a quarter from careful on."""

WAYS_ON = {
    Deed.SIGN_UP: "Come back when it is over; GET /api/admission says when that is.",
    Deed.NEW_PROJECT: "Projects that exist take releases of trusted accounts meanwhile.",
    Deed.UPLOAD: "Trusted accounts can upload meanwhile; GET /api/admission says until when.",
    Deed.CHANGE: "Reading works; GET /api/admission says until when this holds.",
}


def verdict(mode: Mode, deed: Deed, standing: Standing) -> Verdict:
    """What *mode* does with it. There is no other definition."""
    return LADDER[deed, standing][mode.step]


def check(admission: Admission, deed: Deed, standing: Standing) -> Verdict:
    """What the mode in force does with it. Raises Forbidden, naming mode, reason and end."""
    found = verdict(admission.mode, deed, standing)
    if found is Verdict.REFUSE:
        sentence = f"{_WHAT[deed]} while {told(admission)}"
        raise Forbidden(sentence, hint=WAYS_ON[deed])
    return found


def told(admission: Admission) -> str:
    """The mode in force as the end of a sentence: mode, end and reason."""
    until = f" until {admission.until_at:%Y-%m-%d %H:%M} UTC" if admission.until_at else ""
    reason = admission.reason
    stop = "" if reason.endswith((".", "!", "?")) else "."
    return f"the index is in the mode {admission.mode}{until}: {reason}{stop}"


_WHAT = {
    Deed.SIGN_UP: "Nobody can sign up",
    Deed.NEW_PROJECT: "No new project is taken from this account",
    Deed.UPLOAD: "No upload is taken from this account",
    Deed.CHANGE: "Nothing can be changed",
}
