"""Letters: the words in which people are told what was decided."""

from collections.abc import Iterator, Mapping
from textwrap import indent

from storage.concerned import Part
from storage.public_log import Published
from storage.records import Act, Appeal

_ANSWERED = (Act.HOLD, Act.LIMITS, Act.ERASE)
"""What somebody may want to have looked at once more."""

_MINUTE = "%Y-%m-%d %H:%M UTC"

Letter = Mapping[str, str]
"""Its subject and its text, which has several lines."""


def of_decision(known: Published, what: str, part: Part) -> Letter:
    """What was decided, about what, since and until when, why, and how to answer."""
    lines = [
        f"What was decided: {what}",
        "About:",
        *_listed(part),
        f"Since: {known.at:{_MINUTE}}",
    ]
    if known.until_at is not None:
        lines.append(f"Until: {known.until_at:{_MINUTE}}")
    elif known.act is Act.HOLD:
        lines.append("Until: it is released or undone")
    lines += _why(known)
    if known.act in _ANSWERED:
        lines += [
            "",
            "If you think that this is wrong, say so: send a POST with a message to",
            f"/api/decisions/{known.id}/appeal of this index.",
        ]
    return {"subject": _title(known, part), "text": "\n".join(lines)}


def of_reports(known: Published, part: Part) -> Letter:
    """How reports of one account ended, and why."""
    outcome = "dismissed" if known.act is Act.DISMISS else "confirmed"
    what = "report was" if part.count == 1 else f"{part.count:,} reports were"
    lines = [f"Your {what} {outcome}.", "About:", *_listed(part), *_why(known)]
    return {"subject": f"Your {what} {outcome}", "text": "\n".join(lines)}


def of_appeal(known: Published, appeal: Appeal) -> Letter:
    """How an appeal ended, and why."""
    outcome = f"Decision {appeal.decision} was {appeal.status} on your appeal"
    return {"subject": outcome, "text": "\n".join([f"{outcome}.", *_why(known)])}


def _title(known: Published, part: Part) -> str:
    more = f" and {part.count - 1:,} more" if part.count > 1 else ""
    return f"Decision {known.id}: {known.act}, about {part.subjects[0]}{more}"


def _listed(part: Part) -> Iterator[str]:
    yield from (f"  {subject}" for subject in part.subjects)
    if (more := part.count - len(part.subjects)) > 0:
        yield f"  and {more:,} more"


def _why(known: Published) -> Iterator[str]:
    yield "Why:"
    # Indented: no line of it can be taken for one of ours.
    yield indent("\n".join(known.reason.splitlines()), "  ", lambda _: True)
