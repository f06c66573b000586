"""The table: a row for each comparison, with its ratio, its target and whether that is met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

OURS = "bascule"


class Bound(StrEnum):
    """What a target is about."""

    AT_LEAST = "at least"
    """Our rate over theirs."""
    AT_MOST = "at most"
    """Our time over theirs."""
    FASTER = "faster"
    """Their time over ours."""
    LIMIT = "limit"
    """Our figure by itself, which may not be more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the issue asks for."""

    bound: Bound
    value: float

    def ratio(self, ours: float, theirs: float) -> float:
        """The ratio that the target is about."""
        return theirs / ours if self.bound is Bound.FASTER else ours / theirs

    def is_met(self, figure: float) -> bool:
        """Whether a ratio (for a limit: our figure) is good enough."""
        if self.bound in (Bound.AT_LEAST, Bound.FASTER):
            return figure >= self.value
        return figure <= self.value

    def text(self, unit: str) -> str:
        """As people write it."""
        if self.bound is Bound.LIMIT:
            return f"≤ {self.value:g} {unit}"
        sign = "≤" if self.bound is Bound.AT_MOST else "≥"
        return f"{sign} {self.value:g} ×{' faster' if self.bound is Bound.FASTER else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table, as text."""

    workload: str
    ours: str
    peer: str
    theirs: str
    ratio: str = "—"
    target: str = "—"
    met: str = "—"


HEAD = Row(
    workload="workload",
    ours=OURS,
    peer="against",
    theirs="its figure",
    ratio="ratio",
    target="target",
    met="met",
)


Figures = Mapping[str, float | str]
"""The median of each contender, or the sentence that says why it has none."""


def compared(
    workload: str, figures: Figures, *, unit: str, targets: Mapping[str, Target]
) -> list[Row]:
    """A row for each contender but ours; *targets* by their names, the others have none."""
    ours = figures[OURS]
    bound = next(iter(targets.values())).bound if targets else Bound.AT_LEAST
    rows = []
    for peer, theirs in figures.items():
        if peer == OURS:
            continue
        target = targets.get(peer)
        ratio = met = "—"
        if isinstance(ours, float) and isinstance(theirs, float):
            found = (target or Target(bound=bound, value=0)).ratio(ours, theirs)
            ratio = _number(found)
            met = _met(target, found)
        rows.append(
            Row(
                workload=workload,
                ours=_figure(ours, unit),
                peer=peer,
                theirs=_figure(theirs, unit),
                ratio=ratio,
                target=target.text(unit) if target else "—",
                met=met,
            )
        )
    return rows


def limited(workload: str, figure: float | str, *, unit: str, at_most: float) -> Row:
    """The row of a figure of ours that has a limit by itself."""
    target = Target(bound=Bound.LIMIT, value=at_most)
    return Row(
        workload=workload,
        ours=_figure(figure, unit),
        peer="—",
        theirs="—",
        target=target.text(unit),
        met=_met(target, figure) if isinstance(figure, float) else "—",
    )


def as_markdown(rows: Sequence[Row]) -> str:
    """The table as a page shows it."""
    lines = [_cells(HEAD), "|---" * len(_values(HEAD)) + "|"]
    return "\n".join([*lines, *map(_cells, rows)]) + "\n"


def as_text(rows: Sequence[Row]) -> str:
    """The table as a terminal shows it; whole sentences stand below, each once."""
    notes: list[str] = []
    lines = [[_noted(value, notes) for value in _values(row)] for row in [HEAD, *rows]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    shown = [
        "  ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return (
        "\n".join([*shown, *(f"[{number}] {note}" for number, note in enumerate(notes, 1))]) + "\n"
    )


def _met(target: Target | None, figure: float) -> str:
    if target is None:
        return "—"
    return "yes" if target.is_met(figure) else "no"


def _figure(figure: float | str, unit: str) -> str:
    return figure if isinstance(figure, str) else f"{_number(figure)} {unit}"


def _number(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


def _values(row: Row) -> list[str]:
    return [getattr(row, name) for name in Row.__dataclass_fields__]


def _cells(row: Row) -> str:
    return "".join(f"| {value.replace('|', '/')} " for value in _values(row)) + "|"


def _noted(value: str, notes: list[str]) -> str:
    if not value.endswith("."):
        return value
    if value not in notes:
        notes.append(value)
    return f"[{notes.index(value) + 1}]"
