"""Limits: how much an account may add in a time, counted from the journal as windows that slide.

Asked inside the transaction that adds, so that of many at once exactly the limit gets in.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from moderation import trust
from moderation.admission import LIMITS_DIVISOR, Standing
from moderation.terms import Terms
from storage import counting, modes, overrides
from storage.database import Transaction
from storage.problems import TooMany
from storage.records import Account, Allowance, Override, Role

MOST = 1_000_000
"""The largest number that a limit may be."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one limit counts: entries with one act, in a window that ends now."""

    name: str
    act: str
    window: timedelta
    words: str


PROJECTS = Counted(
    name="projects_per_day", act="project-add", window=DAY, words="new projects in 24 hours"
)
COUNTED = (
    PROJECTS,
    Counted(name="files_per_day", act="upload", window=DAY, words="files in 24 hours"),
    Counted(
        name="files_per_10_minutes",
        act="upload",
        window=timedelta(minutes=10),
        words="files in 10 minutes",
    ),
)
"""The limits of an account, by the fields of Allowance. There is no other list of them."""

SIGN_UPS = Counted(
    name="signups_per_day",
    act=counting.SIGN_UP,
    window=DAY,
    words="new accounts from one address in 24 hours",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One limit at one moment: how much of it is used, and when less of it will be."""

    counted: Counted
    limit: int | None
    used: int
    at: datetime
    free_at: datetime | None
    """When one more is possible than now; None if nothing counts, or time changes nothing."""

    @property
    def remaining(self) -> int | None:
        """How much is left; None without a limit."""
        return None if self.limit is None else max(0, self.limit - self.used)

    @property
    def with_one_more(self) -> "Usage":
        """The same when one more counts from now on; there must be room for it."""
        free_at = self.free_at or self.at + self.counted.window
        return replace(self, used=self.used + 1, free_at=free_at)

    @property
    def wait_seconds(self) -> int:
        """Whole seconds until *free_at*; the whole window without one."""
        wait = self.free_at - self.at if self.free_at else self.counted.window
        return -(-wait // timedelta(seconds=1))


class UsedUp(TooMany):
    """A limit is used up. *usage* is all that counts for whoever asked."""

    def __init__(self, spent: Usage, usage: Sequence[Usage]) -> None:
        until = spent.at + timedelta(seconds=spent.wait_seconds, microseconds=999_999)
        if spent.limit == 0 and spent.free_at is None:
            sentence = f"The limit is 0 {spent.counted.words}, until somebody decides otherwise."
        else:
            sentence = (
                f"The limit of {spent.limit} {spent.counted.words} is used up "
                f"until {until:%Y-%m-%d %H:%M:%S} UTC."
            )
        super().__init__(
            sentence,
            retry_after_seconds=spent.wait_seconds,
            hint="Try again then, or ask the moderators of this index for more.",
        )
        self.usage = usage


def with_one_more(
    tx: Transaction,
    account: Account,
    standing: Standing,
    *,
    takes_name: bool,
    terms: Terms,
    at: datetime,
) -> tuple[Usage, ...]:
    """Each limit of the account as it is once that has one more file, and maybe a project with it.

    Raises UsedUp if the account may not add them now.
    """
    if account.role is Role.ADMIN and not overrides.in_force(tx, account.id, at=at):
        return ()
    found = _usage(tx, account, standing, terms, at)
    adding = [each for each in found if takes_name or each.counted is not PROJECTS]
    _check_left(found, adding)
    return tuple(each.with_one_more if each in adding else each for each in found)


def check_sign_up(tx: Transaction, address: str, *, terms: Terms, at: datetime) -> None:
    """Raises UsedUp if that address may not make one more account now."""
    found = sign_ups(tx, address, terms=terms, at=at)
    _check_left(found, found)


def usage(tx: Transaction, account: Account, *, terms: Terms, at: datetime) -> tuple[Usage, ...]:
    """Each limit of the account, and how much of it is used."""
    standing = trust.standing(tx, account, at=at, trial=terms.trial)
    return _usage(tx, account, standing, terms, at)


def sign_ups(tx: Transaction, address: str, *, terms: Terms, at: datetime) -> tuple[Usage, ...]:
    """The limit of new accounts from one address, and how much of it is used."""
    limit = terms.signups_per_day
    used, oldest = counting.of_address(tx, address, after=at - SIGN_UPS.window, limit=limit)
    free_at = oldest + SIGN_UPS.window if oldest else None
    return (Usage(counted=SIGN_UPS, limit=limit, used=used, at=at, free_at=free_at),)


def _check_left(found: Sequence[Usage], asked: Sequence[Usage]) -> None:
    spent = [each for each in asked if each.remaining == 0]
    if spent:
        raise UsedUp(max(spent, key=lambda each: each.wait_seconds), found)


def _usage(
    tx: Transaction, account: Account, standing: Standing, terms: Terms, at: datetime
) -> tuple[Usage, ...]:
    usual = _usual(tx, account, standing, terms, at)
    newest = next(iter(overrides.in_force(tx, account.id, at=at)), None)
    asked = [(each.act, at - each.window) for each in COUNTED]
    found = counting.all_of_actor(tx, account.actor, asked)
    return tuple(
        _used(tx, account, each, usual, newest, at, *amount)
        for each, amount in zip(COUNTED, found, strict=True)
    )


def _used(
    tx: Transaction,
    account: Account,
    counted: Counted,
    usual: Allowance,
    newest: Override | None,
    at: datetime,
    used: int,
    leaving: datetime | None,
) -> Usage:
    own = getattr(newest.allowance, counted.name) if newest else None
    limit = getattr(usual, counted.name) if own is None else own
    if not limit:
        leaving = None  # No entry that leaves makes room.
    elif used > limit:  # Else the oldest does.
        _, leaving = counting.of_actor(
            tx, account.actor, counted.act, after=at - counted.window, limit=limit
        )
    free_at = leaving + counted.window if leaving else None
    if newest and own == 0:
        free_at = newest.until_at
    return Usage(counted=counted, limit=limit, used=used, at=at, free_at=free_at)


def _usual(
    tx: Transaction, account: Account, standing: Standing, terms: Terms, at: datetime
) -> Allowance:
    if account.role is Role.ADMIN:
        return Allowance()
    if standing is Standing.TRUSTED:
        return terms.trusted
    divisor = LIMITS_DIVISOR[modes.admission(tx, at=at).mode]
    whole = asdict(terms.new).items()
    return Allowance(**{name: limit and -(-limit // divisor) for name, limit in whole})
