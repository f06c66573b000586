"""A case is one moderator's at a time, for as long as they work on it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest
from packaging.utils import NormalizedName

from index.app import compose
from moderation import cases
from moderation.reports import Statement, report
from moderation.terms import Terms
from storage import projects
from storage.database import Database, Transaction
from storage.problems import Conflict
from storage.records import Account, Kind, Role, Scope
from tests.kit.casework import case, claims, dismisses, gives_back, queue, reports
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

THREADS, CASES = 20, 1_000
BUSY = "Case 1 is claimed by bea until 2026-11-25 12:05:00 UTC. Take another one, or take it over."


@pytest.fixture
def number(ann: Person, bob: Person) -> int:
    """A case."""
    ann.uploads(a_wheel("toasting"))
    return reports(bob)


def test_a_claim_is_answered_with_its_end_and_the_version(
    world: World, number: int, bea: Person, cat: Person
):
    answer = claims(bea, number)

    version = len(world.journal)
    claim = {"by": "bea", "until": "2026-11-25T12:05:00Z"}
    assert answer.json() == {"case": 1, "version": version, "claim": claim}
    assert case(cat, number)["claim"] == claim
    assert case(cat, number)["version"] == version
    assert (queue(cat), queue(cat, unclaimed=1)) == ([number], [])


def test_what_somebody_has_claimed_is_neither_claimed_nor_decided_by_another(
    number: int, bea: Person, cat: Person
):
    claims(bea, number)

    for answer in (claims(cat, number), cat.decides("dismiss", case=number)):
        assert (answer.status_code, answer.text) == (409, BUSY)
    assert gives_back(cat, number).status_code == 409
    assert cat.holds("project:toasting")
    assert dismisses(bea, number)


def test_a_claim_runs_out_and_looking_at_the_case_renews_it(
    world: World, number: int, bea: Person, cat: Person
):
    claims(bea, number)
    before = len(world.journal)

    world.clock.passes(minutes=4)
    assert case(cat, number)["claim"]["until"] == "2026-11-25T12:05:00Z"
    assert case(bea, number)["claim"]["until"] == "2026-11-25T12:09:00Z"
    world.clock.passes(minutes=4)
    assert claims(bea, number).json()["claim"]["until"] == "2026-11-25T12:13:00Z"
    assert len(world.journal) == before
    world.clock.passes(minutes=5)

    assert case(bea, number)["claim"] is None
    assert gives_back(bea, number).status_code == 409
    assert claims(cat, number).status_code == 200


def test_a_claim_is_taken_over_with_notice(number: int, bea: Person, cat: Person):
    version = claims(bea, number).json()["version"]

    assert claims(cat, number, take_over=True).json()["claim"]["by"] == "cat"

    newest = case(bea, number)["history"][0]
    assert (newest["act"], newest["actor"]) == ("take-over", "account:cat")
    assert newest["details"] == {"about": "project:toasting", "from": "bea"}
    assert "is claimed by cat until" in bea.decides("dismiss", case=number).text
    gives_back(cat, number)
    answer = bea.decides("dismiss", case=number, version=version)
    assert "since then cat took it over, cat gave it back." in answer.text


def test_what_is_given_back_may_be_claimed_by_anybody(number: int, bea: Person, cat: Person):
    claims(bea, number)

    assert gives_back(bea, number).json()["claim"] is None

    assert claims(cat, number).status_code == 200
    assert [entry["act"] for entry in case(cat, number)["history"]] == [
        "claim",
        "unclaim",
        "claim",
        "report",
    ]


def test_only_what_is_open_is_claimed(number: int, bea: Person, cat: Person):
    dismisses(bea, number)

    assert claims(cat, number).status_code == 409
    assert claims(cat, number, take_over=True).status_code == 409
    for unknown in ("2", "0", "one", "9" * 30):
        answer = cat.asks("PUT", f"/api/moderation/cases/{unknown}/claim")
        assert answer.text == f"There is no case {unknown}."


@pytest.fixture
def many(world: World, ann: Person) -> Sequence[Account]:
    """A thousand cases, each with a report, and twenty moderators."""

    def fill(tx: Transaction) -> None:
        for number in range(CASES):
            name = NormalizedName(f"slice-{number}")
            how = {"spelled": name, "skeleton": name, "waited": False}
            projects.add(tx, name=name, at=world.clock(), **how)
        names = [f"project:slice-{number}" for number in range(CASES)]
        statement = Statement(kind=Kind.SPAM, summary="Spam.")
        for first in range(0, CASES, 100):
            report(
                tx,
                names[first : first + 100],
                statement,
                reporter,
                terms=Terms(reports_per_day=CASES),
                at=world.clock(),
            )

    reporter = ann.account
    assert reporter is not None
    world.services.database.write_now(fill)
    made = [
        world.somebody(f"mod{number}", role=Role.MODERATOR, scope=Scope.MODERATE).account
        for number in range(THREADS)
    ]
    return [each for each in made if each is not None]


def taken(database: Database, number: int, account: Account, *, at: datetime) -> bool:
    """Whether the account gets the case."""
    try:
        return bool(database.write_now(cases.claim, number, account, at=at))
    except Conflict:
        return False


@pytest.mark.on_sqlite  # It takes PostgreSQL forty seconds, a commit for each try.
def test_of_a_thousand_cases_twenty_threads_claim_none_twice_and_lose_none(
    world: World, many: Sequence[Account]
):
    other = replace(compose(world.services.settings), now=world.clock)

    def works(at: int) -> list[int]:
        database = (world.services, other)[at % 2].database
        # Each case is wanted by five of them, in the same order.
        numbers = list(range(1 + at // 5, CASES + 1, 4))
        Random(at // 5).shuffle(numbers)
        return [number for number in numbers if taken(database, number, many[at], at=world.clock())]

    with ThreadPoolExecutor(THREADS) as threads:
        claimed = [number for mine in threads.map(works, range(THREADS)) for number in mine]
    other.database.close()

    assert sorted(claimed) == list(range(1, CASES + 1))
    assert sum(entry.act == "claim" for entry in world.journal) == CASES
