"""Contenders have their turn one after another, and one that fails leaves the others theirs."""

from bench.asking import Unexpected
from bench.place import Missing
from bench.turns import in_turn


def test_contenders_take_turns_and_the_median_counts():
    turns: list[str] = []
    figures = iter([3.0, 30.0, 1.0, 10.0, 2.0, 20.0])

    def measured(name: str) -> float:
        turns.append(name)
        return next(figures)

    found = in_turn({"peer": lambda: measured("peer"), "ours": lambda: measured("ours")})

    assert turns == ["peer", "ours"] * 3
    assert found == {"peer": 2.0, "ours": 20.0}


def test_who_fails_once_says_why_and_is_not_asked_again():
    turns: list[str] = []

    def fails() -> float:
        turns.append("peer")
        raise Unexpected("GET / answered 500:\n  oops")

    found = in_turn({"peer": fails, "gone": _is_missing, "ours": lambda: 1.0})

    assert turns == ["peer"]
    assert found == {
        "peer": "GET / answered 500: oops.",
        "gone": "It is not here.",
        "ours": 1.0,
    }


def _is_missing() -> float:
    raise Missing("It is not here.")
