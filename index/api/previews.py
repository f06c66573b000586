"""Previews: what a decision would reach, shown before it is made."""

from datetime import datetime
from typing import Any

from index.api import shown
from index.timestamps import utc
from moderation import impact
from moderation.deciding import Affected
from moderation.impact import Card, Forecast
from moderation.terms import Terms
from storage import holds
from storage.database import Transaction
from storage.records import Act, Decision


def of(
    tx: Transaction, made: Decision, affected: Affected, *, at: datetime, terms: Terms
) -> dict[str, Any]:
    """The impact card of a decision that was rehearsed, and of a mode what it would have done."""
    shows = {
        "dry_run": True,
        "affected": shown.affected(affected),
        "impact": card(impact.card(tx, made, at=at)),
        "undoes": list(made.undoes),
    }
    for hold in holds.by_ids(tx, made.holds):
        if made.act is Act.MODE and hold.mode is not None:
            shows["last_7_days"] = forecast(impact.forecast(tx, hold.mode, terms=terms, at=at))
    return shows


def card(reached: Card) -> dict[str, Any]:
    """What a decision would reach, before it is made."""
    return {
        "files": reached.files,
        "projects": list(reached.projects),
        "established": reached.established,
        "oldest": utc(reached.oldest_at) if reached.oldest_at else None,
        "newest": utc(reached.newest_at) if reached.newest_at else None,
        "downloads": reached.downloads,
        "members": list(reached.members[: shown.NAMED]),
        "members_count": len(reached.members),
        "verdicts": [
            {
                "decision": each.decision,
                "act": each.act,
                "by": each.by,
                "at": utc(each.at),
                "reason": each.reason,
                "effective": each.effective,
            }
            for each in reached.verdicts
        ],
    }


def forecast(found: Forecast) -> dict[str, Any]:
    """What a mode would have done with the last 7 days."""
    return {
        name: {"total": each.total, "refused": each.refused, "waiting": each.waiting}
        for name, each in (
            ("sign_ups", found.sign_ups),
            ("uploads", found.uploads),
            ("new_projects", found.new_projects),
        )
    }
