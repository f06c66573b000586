"""A decision about many subjects is listed in brief, and shown whole by itself."""

import pytest

from tests.kit.world import Person, World


@pytest.fixture
def many(world: World) -> list[str]:
    """101 accounts."""
    names = [f"a{number:03}" for number in range(101)]
    return [f"account:{world.somebody(name, new=True).name}" for name in names]


def test_a_list_of_decisions_names_the_first_100_subjects_and_says_how_many_there_are(
    bea: Person, many: list[str]
):
    made = bea.holds(*many)

    (listed,) = _decisions(bea, made)
    whole = bea.gets(f"/api/moderation/decisions/{made}").json()["decision"]
    assert sorted(whole["subjects"]) == many
    assert listed == {
        **whole,
        "subjects": whole["subjects"][:100],
        "subjects_count": 101,
        "holds": whole["holds"][:100],
        "holds_count": 101,
        "undoes_count": 0,
    }


def test_the_journal_names_the_first_100_subjects_and_says_how_many_there_are(
    world: World, bea: Person, many: list[str]
):
    since = world.journal[-1].serial
    bea.holds(many[0])
    bea.holds(*many)

    few, long = (
        entry["details"]
        for entry in bea.gets(f"/api/moderation/journal?since={since}").json()["entries"]
    )
    assert (few["subjects"], "subjects_count" in few) == (many[:1], False)
    assert (len(long["subjects"]), long["subjects_count"]) == (100, 101)


def test_an_unknown_decision_is_not_found(bea: Person):
    answer = bea.gets("/api/moderation/decisions/7")

    assert (answer.status_code, answer.text) == (404, "There is no decision 7.")


def _decisions(person: Person, number: int) -> list[dict[str, object]]:
    found = person.gets("/api/moderation/decisions").json()["decisions"]
    return [each for each in found if each["id"] == number]
