"""The acts on one file: how each is asked for, and what is known once it was answered or not."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from tests.kit.forms import FORM, an_upload
from tests.kit.makers import Archive
from torture.asking import Said

_JSON = {"content-type": "application/json", "accept": "application/json"}
_REASON = {"reason": "Because."}


@dataclass(slots=True, kw_only=True)
class Known:
    """What is known of one file. While nobody has answered, it is None: either may be true."""

    project: str
    archive: Archive
    uploaded: bool | None = False
    hidden: bool | None = False
    yanked: bool | None = False
    hold: int | None = None
    """The decision of a moderator that hides it; an owner who hides it has none."""

    @property
    def shown(self) -> bool | None:
        """Whether everybody has to find it."""
        if self.uploaded is False or self.hidden is True:
            return False
        return True if self.uploaded and self.hidden is False else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something to ask for, again if need be: that does no harm."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    known: Known
    done: tuple[int, ...]
    """What it is answered when it was done now."""
    doubt: Callable[[], None]
    """Nobody has answered: what is not known any more."""
    learn: Callable[[Said], None]
    """It was done: what is known now."""
    again: tuple[int, ...] = ()
    """What it is answered too when it is repeated."""
    may_be_late: bool = False
    """Other nodes may learn of it a little later: it hides nothing."""


def upload(known: Known, mine: Mapping[str, str]) -> Act:
    """Publish it."""

    def doubt() -> None:
        known.uploaded = None

    def learn(_said: Said) -> None:
        known.uploaded = True

    return Act(
        method="POST",
        path="/legacy/",
        headers={**FORM, **mine},
        body=an_upload(known.archive),
        known=known,
        done=(200,),
        doubt=doubt,
        learn=learn,
        may_be_late=True,
    )


def judge(known: Known, moderates: Mapping[str, str]) -> Act:
    """Hold it, or undo the hold."""
    hold = known.hold
    subject = f"file:{known.archive.filename}"
    held = {"act": "hold", "subjects": [subject], "key": secrets.token_hex(8), **_REASON}

    def doubt() -> None:
        known.hidden = None

    def learn(said: Said) -> None:
        known.hidden = hold is None
        known.hold = _decision(said) if hold is None else None

    undone = f"/api/moderation/decisions/{hold}/undo"
    return Act(
        method="POST",
        path="/api/moderation/decisions" if hold is None else undone,
        headers={**_JSON, **moderates},
        body=json.dumps(held if hold is None else _REASON).encode(),
        known=known,
        done=(201,),
        doubt=doubt,
        learn=learn,
        again=() if hold is None else (409,),
    )


def withdraw(known: Known, mine: Mapping[str, str]) -> Act:
    """Withdraw it, or take that back."""
    back = known.hidden is True

    def doubt() -> None:
        known.hidden = None

    def learn(_said: Said) -> None:
        known.hidden = not back

    return _of_owner(known, "withdraw", mine, back=back, doubt=doubt, learn=learn)


def yank(known: Known, mine: Mapping[str, str]) -> Act:
    """Yank it, or take that back."""
    back = known.yanked is True

    def doubt() -> None:
        known.yanked = None

    def learn(_said: Said) -> None:
        known.yanked = not back

    return _of_owner(known, "yank", mine, back=back, doubt=doubt, learn=learn)


def _of_owner(
    known: Known,
    what: str,
    mine: Mapping[str, str],
    *,
    back: bool,
    doubt: Callable[[], None],
    learn: Callable[[Said], None],
) -> Act:
    return Act(
        method="DELETE" if back else "POST",
        path=f"/api/projects/{known.project}/files/{quote(known.archive.filename)}/{what}",
        headers={**_JSON, **mine},
        body=json.dumps(_REASON).encode(),
        known=known,
        done=(200, 201),
        doubt=doubt,
        learn=learn,
        again=(409,),
    )


def _decision(said: Said) -> int:
    decision = said.json()["decision"]
    assert isinstance(decision, dict)
    return int(decision["id"])
