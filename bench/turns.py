"""Turns: every contender once, then every contender again, so that noise meets all alike."""

import http.client
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping

from bench.asking import Unexpected
from bench.place import Missing

ROUNDS = 3

FAULTS = (
    Missing,
    Unexpected,
    OSError,
    http.client.HTTPException,
    sqlite3.Error,
    subprocess.SubprocessError,
)
"""What keeps one figure from being found, and need not keep the others."""


def in_turn(
    contenders: Mapping[str, Callable[[], float]], *, rounds: int = ROUNDS
) -> dict[str, float | str]:
    """The median figure of each contender, or the sentence that says why it has none."""
    figures: dict[str, list[float]] = {name: [] for name in contenders}
    said: dict[str, str] = {}
    for number in range(rounds):
        for name, measure in contenders.items():
            if name in said:
                continue
            try:
                figures[name].append(measure())
            except FAULTS as fault:
                said[name] = sentence(fault)
            else:
                _show(number, name, figures[name][-1])
    return {
        name: said[name] if name in said else statistics.median(figures[name])
        for name in contenders
    }


def sentence(fault: Exception) -> str:
    """What went wrong, on one line, with a full stop."""
    said = " ".join(str(fault).split()) or type(fault).__name__
    return f"{said.rstrip('.')}."


def _show(number: int, name: str, figure: float) -> None:
    print(f"    round {number + 1}, {name}: {figure:,.4g}", file=sys.stderr)
