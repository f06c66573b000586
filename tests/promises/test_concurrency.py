"""Many at once, through two servers on one database: nothing is lost, and nothing is done twice."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest
from httpx2 import Response

from storage import holds, overview, undoes, verifying
from storage.records import Role, Scope
from storage.schema import decisions as decision_rows
from storage.schema import entries, files
from tests.kit.makers import a_wheel
from tests.kit.shelf import FILE, HIDDEN, everything, seen
from tests.kit.world import Person, World

THREADS = 20
ACTS = 6
SUBJECTS = ("project:toasting", "release:toasting/1.0", FILE, "account:bob")


@pytest.fixture
def settings() -> dict[str, object]:
    """Nobody is slowed down."""
    return {"trusted_projects_per_day": 1_000}


def at_once(*acts: Callable[[], Response]) -> list[Response]:
    """All of these, each in a thread of its own."""
    with ThreadPoolExecutor(len(acts)) as threads:
        return [each.result() for each in [threads.submit(act) for act in acts]]


def at_either(person: Person, other: World, number: int) -> Person:
    """The same person at one of the two servers."""
    return person if number % 2 else replace(person, world=other)


def test_nothing_is_lost_when_many_upload_decide_and_undo(
    world: World, other: World, shelf: Person, ann: Person, bob: Person
):
    moderators = [
        world.somebody(f"mod{number}", role=Role.MODERATOR, scope=Scope.MODERATE)
        for number in range(THREADS // 2)
    ]
    before = len(world.journal), len(world.rows(decision_rows)["decisions"])

    def uploads(number: int) -> list[Response]:
        uploader = at_either(ann, other, number)
        wheels = [a_wheel(f"slice-{number}-of-{act}") for act in range(ACTS)]
        return [uploader.uploads(wheel) for wheel in wheels]

    def moderates(number: int) -> list[Response]:
        mod, chance = at_either(moderators[number], other, number), Random(number)
        return [_one_act(mod, chance) for _ in range(ACTS)]

    with ThreadPoolExecutor(THREADS) as threads:
        uploaded = [threads.submit(uploads, number) for number in range(THREADS // 2)]
        decided = [threads.submit(moderates, number) for number in range(THREADS // 2)]
        accepted = [answer for thread in uploaded for answer in thread.result()]
        answers = [answer for thread in decided for answer in thread.result()]

    assert {answer.status_code for answer in accepted} == {200}
    assert len(world.rows(files)["files"]) == 3 + THREADS // 2 * ACTS
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = [answer.json()["decision"]["id"] for answer in answers if answer.status_code == 201]
    assert len(set(made)) == len(made) == len(world.rows(decision_rows)["decisions"]) - before[1]
    assert len(world.journal) == before[0] + 2 * len(accepted) + len(made)
    _is_sound(world)


def _one_act(mod: Person, chance: Random) -> Response:
    subject = chance.choice(SUBJECTS)
    match chance.randrange(3):
        case 0:
            return mod.decides("hold", subject)
        case 1:
            return mod.decides("release", subject)
    newest = mod.gets("/api/moderation/decisions").json()["decisions"]
    return mod.wants_undone(chance.choice(newest[:8])["id"])


def _is_sound(world: World) -> None:
    """What `bascule check` looks at in the rows."""
    assert verifying.verify(world.services.database) == len(world.rows(entries)["entries"])
    assert world.asks_rows(undoes.wrongly_settled) == []
    assert world.asks_rows(overview.lost_subjects) == []


@pytest.mark.parametrize("act", ["undo", "release"])
def test_what_is_taken_back_by_many_at_once_is_taken_back_once(
    world: World, other: World, shelf: Person, bea: Person, cat: Person, act: str
):
    hold = bea.holds(FILE)
    people = [at_either(person, other, number) for number in range(10) for person in (bea, cat)]

    answers = at_once(
        *(
            (lambda who=who: who.wants_undone(hold))
            if act == "undo"
            else (lambda who=who: who.decides("release", FILE))
            for who in people
        )
    )

    assert _statuses(answers) == [201] + [409] * 19
    assert everything(shelf) == seen()
    _is_sound(world)


def test_of_many_who_withdraw_at_once_one_does(
    world: World, other: World, shelf: Person, ann: Person
):
    people = [at_either(ann, other, number) for number in range(THREADS)]

    answers = at_once(*((lambda who=who: who.withdraws("toasting/1.0")) for who in people))

    assert _statuses(answers) == [201] + [409] * 19
    assert ann.restores("toasting/1.0").status_code == 201
    assert everything(shelf) == seen()


def test_a_key_used_by_many_at_once_makes_one_decision(
    world: World, other: World, shelf: Person, bea: Person
):
    people = [at_either(bea, other, number) for number in range(THREADS)]

    answers = at_once(
        *(
            (lambda who=who: who.decides("hold", FILE, key="a phone with bad reception"))
            for who in people
        )
    )

    assert len({answer.json()["decision"]["id"] for answer in answers}) == 1
    assert len(world.asks_rows(holds.on_subjects, [FILE], at=world.clock())) == 1
    assert everything(shelf) == HIDDEN[FILE]


def test_a_decision_is_in_force_at_the_other_server_when_it_is_answered(
    world: World, other: World, shelf: Person, bea: Person
):
    there = other.anyone
    for _ in range(10):
        hold = bea.holds(FILE)
        assert everything(there) == HIDDEN[FILE]
        replace(bea, world=other).undoes(hold)
        assert everything(shelf) == seen()


def _statuses(answers: Sequence[Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)
