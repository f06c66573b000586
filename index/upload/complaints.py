"""Complaints: every one that was found, told at once and in short."""

from collections.abc import Sequence

from storage.problems import Invalid

COMPLAINTS_SHOWN = 10
VALUE_SHOWN_CHARACTERS = 80
SENTENCE_SHOWN_CHARACTERS = 200


def refuse_if_any(complaints: Sequence[str], *, hint: str | None = None) -> None:
    """Nothing when there are none; otherwise Invalid with all of them."""
    if complaints:
        raise refusal(complaints, hint=hint)


def refusal(complaints: Sequence[str], *, hint: str | None = None) -> Invalid:
    """One problem of many *complaints*: the first few in full, and how many more there are."""
    shown = list(complaints[:COMPLAINTS_SHOWN])
    if rest := len(complaints) - len(shown):
        shown.append(f"There are {rest} more complaints like these.")
    return Invalid(" ".join(shown), hint=hint)


def quoted(value: str) -> str:
    """*value* as a message may show it: on one line, printable, not longer than needed."""
    if len(value) > VALUE_SHOWN_CHARACTERS:
        value = value[:VALUE_SHOWN_CHARACTERS] + "…"
    return repr(value)


def shortened(text: str) -> str:
    """*text* of somebody else's making, as part of a sentence: printable and not too long."""
    printable = "".join(
        each if each.isprintable() else " " for each in text[:SENTENCE_SHOWN_CHARACTERS]
    )
    return printable + ("…" if len(text) > SENTENCE_SHOWN_CHARACTERS else "")
