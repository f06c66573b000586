"""`bascule erase`, `proposals`, `confirm` and `cancel`: what takes two people."""

from typing import Annotated

import typer

from index.api.proposals import remove_erased
from index.cli.moderation import say, say_proposed, why_of
from index.cli.opened import LARGEST_NUMBER, DataFolder, Limit, Reason, opened, show
from moderation import two_people
from storage import proposals
from storage.proposals import Proposal

Number = Annotated[int, typer.Argument(help="The number of a proposal.", min=1, max=LARGEST_NUMBER)]


def erase(
    files: Annotated[list[str], typer.Argument(help="file:NAME, once for each file.")],
    reason: Reason,
    data: DataFolder = None,
) -> None:
    """Propose to erase the bytes of files, which cannot be undone."""
    with opened(data) as services:
        made = services.database.write_now(
            two_people.propose_erasure, files, why=why_of(services, reason)
        )
    say_proposed(made)


def list_proposals(limit: Limit = 50, data: DataFolder = None) -> None:
    """Show the newest proposals, the newest first, and how they ended."""
    with opened(data) as services:
        found = services.database.read_now(proposals.newest, limit=limit)
    show(map(_shown, found), "proposal", "at", "who", "act", "subjects", "", "reason")


def confirm(number: Number, data: DataFolder = None) -> None:
    """Decide what somebody else proposed."""
    with opened(data) as services:
        _, made = services.database.write_now(
            two_people.confirm, number, why=why_of(services, "Confirmed.")
        )
        remove_erased(services, made)
        say(services, made, f"proposal {number} is confirmed")


def cancel(number: Number, data: DataFolder = None) -> None:
    """Let a proposal come to nothing."""
    with opened(data) as services:
        services.database.write_now(two_people.cancel, number, why=why_of(services, "Cancelled."))
    typer.echo(f"Proposal {number} is cancelled.")


def _shown(made: Proposal) -> tuple[str, ...]:
    ended = "" if made.ended_at is None else "confirmed" if made.decision else "cancelled"
    count = str(len(made.wanted["subjects"]))
    at = f"{made.at:%Y-%m-%d %H:%M}"
    return str(made.id), at, made.by, made.act, count, ended, made.wanted["reason"]
