"""`bascule vouch` and `bascule limits`: who is trusted, and how much single accounts may add."""

from typing import Annotated

import typer

from index.cli.moderation import Length, Until, say, why_of
from index.cli.opened import DataFolder, Reason, opened
from index.durations import end
from moderation import limits, overriding, trust
from storage import subjects
from storage.records import Allowance

Accounts = Annotated[list[str], typer.Argument(help="The names of accounts.")]
_MOST = {"min": 0, "max": limits.MOST}


def vouch(accounts: Accounts, reason: Reason, data: DataFolder = None) -> None:
    """Say that accounts are trusted, until that is undone."""
    with opened(data) as services:
        named = [subjects.account(name) for name in accounts]
        made = services.database.write_now(trust.vouch, named, why=why_of(services, reason))
        say(services, made, "vouched for")


def set_limits(
    accounts: Accounts,
    reason: Reason,
    projects_per_day: Annotated[
        int | None, typer.Option(help="New projects in 24 hours.", **_MOST)
    ] = None,
    files_per_day: Annotated[int | None, typer.Option(help="Files in 24 hours.", **_MOST)] = None,
    files_per_10_minutes: Annotated[
        int | None, typer.Option(help="Files in 10 minutes.", **_MOST)
    ] = None,
    length: Length = None,
    until: Until = None,
    data: DataFolder = None,
) -> None:
    """Give accounts limits of their own, for some time or until that is undone."""
    allowed = Allowance(
        projects_per_day=projects_per_day,
        files_per_day=files_per_day,
        files_per_10_minutes=files_per_10_minutes,
    )
    with opened(data) as services:
        why = why_of(services, reason)
        made = services.database.write_now(
            overriding.override,
            [subjects.account(name) for name in accounts],
            allowed,
            why=why,
            until=end(length=length, until=until, now=why.at),
        )
        say(services, made, "limited")
