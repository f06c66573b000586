"""Signals: what rules noticed, kept with the case of their project."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert

from storage.database import Transaction
from storage.schema import signals


def add_many(
    tx: Transaction,
    found: Sequence[tuple[str, int, str, int, str]],
    *,
    case: int,
    serial: int,
    at: datetime,
) -> None:
    """Keep signals: of each the rule, its version, the subject, the score, and why.

    *serial* is the entry of the journal with which they came.
    """
    rows = [
        {
            "case_id": case,
            "serial": serial,
            "rule": rule,
            "version": version,
            "subject": subject,
            "score": score,
            "why": why,
            "at": at,
        }
        for rule, version, subject, score, why in found
    ]
    tx.execute(_ADD, rows)


_ADD = insert(signals)
