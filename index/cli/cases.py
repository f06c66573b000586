"""`bascule queue`, `bascule case` and `bascule dismiss`: what is open, and closing it."""

from collections.abc import Iterator
from typing import Annotated

import typer

from index.cli.moderation import say, why_of
from index.cli.opened import LARGEST_NUMBER, DataFolder, Limit, Reason, opened, show
from moderation import decisions, dossier, queue
from moderation.dossier import Dossier
from storage.records import Outcome

Number = Annotated[
    int, typer.Argument(metavar="CASE", help="The number of a case.", min=1, max=LARGEST_NUMBER)
]
Unclaimed = Annotated[bool, typer.Option("--unclaimed", help="Only what nobody has claimed.")]


def list_queue(limit: Limit = 50, unclaimed: Unclaimed = False, data: DataFolder = None) -> None:
    """Show the open cases, the most pressing first, and why."""
    with opened(data) as services:
        lines = services.database.read_now(queue.lines, at=services.now(), only_unclaimed=unclaimed)
    show(
        (
            (
                str(line.case.id),
                line.case.subject,
                ", ".join(line.reasons),
                f"claimed by {line.claimed_by}" if line.claimed_by else "",
            )
            for line in lines[:limit]
        ),
        "case",
        "subject",
        "why",
        "",
    )


def show_case(case: Number, data: DataFolder = None) -> None:
    """Show one case: what was said and by whom, what waits, and what was decided."""
    with opened(data) as services:
        seen = services.database.read_now(dossier.of_case, case, at=services.now())
    show(_rows(seen))


def dismiss(case: Number, reason: Reason, data: DataFolder = None) -> None:
    """Close a case: nothing is wrong."""
    with opened(data) as services:
        made = services.database.write_now(decisions.dismiss, case, why=why_of(services, reason))
        say(services, made, "dismissed")


def _rows(seen: Dossier) -> Iterator[tuple[str, ...]]:
    yield "subject", seen.case.subject, "", ""
    yield "state", _state(seen), "", ""
    if seen.claimed_by and seen.case.claimed_until:
        yield "claimed", seen.claimed_by, f"until {seen.case.claimed_until:%H:%M:%S}", ""
    yield "files", f"{seen.counts['files']:,}", f"{seen.downloads:,} downloads", ""
    yield "members", ", ".join(seen.members), "", ""
    for report in seen.reports:
        track = seen.tracks[report.reporter_id]
        told = f"{report.reporter} ({track.confirmed} confirmed, {track.dismissed} dismissed)"
        status = "" if report.outcome is Outcome.OPEN else f", {report.outcome}"
        yield f"report {report.id}", f"{report.kind}{status}", told, report.summary
    for signal in seen.signals:
        yield f"signal {signal.id}", signal.rule, signal.subject, signal.why
    for file in seen.waiting:
        yield "waiting", file.filename, file.uploaded_by, f"{file.uploaded_at:%Y-%m-%d %H:%M}"
    for appeal in seen.appeals:
        yield (
            f"appeal {appeal.id}",
            f"{appeal.account}, {appeal.status}",
            f"decision {appeal.decision}",
            appeal.message,
        )
    for made in seen.decisions:
        what = made.act if made.effective else f"{made.act}, undone"
        yield f"decision {made.id}", what, made.by, made.reason


def _state(seen: Dossier) -> str:
    if seen.open:
        return "open"
    if seen.settled is None:
        return "nothing is open"
    return f"settled by {seen.settled.by}, decision {seen.settled.decision}"
