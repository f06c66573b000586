"""Turns: every contender once, then every contender again, so that noise meets all alike."""

import statistics
import sys
from collections.abc import Callable, Mapping

from bench.asking import Unexpected
from bench.place import Missing

ROUNDS = 3


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
            except (Missing, Unexpected, OSError) as problem:
                said[name] = str(problem)
            else:
                _show(number, name, figures[name][-1])
    return {
        name: said[name] if name in said else statistics.median(figures[name])
        for name in contenders
    }


def _show(number: int, name: str, figure: float) -> None:
    print(f"    round {number + 1}, {name}: {figure:,.4g}", file=sys.stderr)
