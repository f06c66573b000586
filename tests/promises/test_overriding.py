"""Vouching, and limits of their own for single accounts: each a decision, each undone exactly."""

import re
from itertools import permutations
from typing import Any

import pytest

from tests.kit.makers import a_wheel
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

DAN = "account:dan"
NEW = {"projects_per_day": 2, "files_per_day": 20, "files_per_10_minutes": 5}
TRUSTED = {"projects_per_day": 20, "files_per_day": 500, "files_per_10_minutes": None}


@pytest.fixture
def dan(world: World) -> Person:
    """An uploader that is new here."""
    return world.somebody("dan", new=True)


def limits_of(person: Person) -> dict[str, int | None]:
    """The limits that an account is told of."""
    told = person.gets("/api/me").json()["limits"]
    return {name: each["limit"] for name, each in told.items()}


def limits(person: Person, subject: str = DAN, *, numbers: dict[str, Any], **more: Any) -> int:
    """Give an account limits; the number of the decision."""
    answer = person.decides("limits", subject, limits=numbers, **more)
    assert answer.status_code == 201, answer.text
    decision: int = answer.json()["decision"]["id"]
    return decision


def test_the_newest_override_counts_alone_and_what_it_leaves_out_is_usual(
    dan: Person, bea: Person, cat: Person
):
    limits(bea, numbers={"files_per_day": 100, "files_per_10_minutes": 50})
    assert limits_of(dan) == NEW | {"files_per_day": 100, "files_per_10_minutes": 50}

    limits(cat, numbers={"projects_per_day": 7, "files_per_day": None})
    assert limits_of(dan) == NEW | {"projects_per_day": 7}


def test_an_override_lets_more_in_and_zero_lets_nothing_in(dan: Person, bea: Person):
    wheels = [a_wheel("toasting", f"{number}.0") for number in range(8)]
    assert [dan.uploads(each).status_code for each in wheels[:6]] == [200] * 5 + [429]

    more = limits(bea, numbers={"files_per_10_minutes": 6})
    assert [dan.uploads(each).status_code for each in wheels[5:7]] == [200, 429]

    limits(bea, numbers={"files_per_day": 0}, **{"for": "1h"})
    bea.undoes(more)
    refused = dan.uploads(wheels[7])
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    assert refused.text.startswith(
        "The limit of 0 files in 24 hours is used up until 2026-11-25 13:00:00 UTC."
    )
    assert '"files_per_day";r=0;t=3600' in refused.headers["ratelimit"]

    limits(bea, numbers={"files_per_day": 0})
    refused = dan.uploads(wheels[7])
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "86400")
    assert refused.text.startswith(
        "The limit is 0 files in 24 hours, until somebody decides otherwise."
    )


def test_a_lowered_limit_says_when_enough_has_left_the_window(
    world: World, dan: Person, bea: Person
):
    for number in range(4):
        dan.uploads(a_wheel("toasting", f"{number}.0"))
        world.clock.passes(minutes=1)
    limits(bea, numbers={"files_per_10_minutes": 2})

    refused = dan.uploads(a_wheel("toasting", "9.0"))

    assert refused.headers["retry-after"] == "480"  # The third has left 12 minutes after noon.
    world.clock.passes(seconds=480)
    assert dan.uploads(a_wheel("toasting", "9.0")).status_code == 200


def test_an_override_ends_by_itself_and_the_one_before_counts_again(
    world: World, dan: Person, bea: Person
):
    limits(bea, numbers={"files_per_day": 30})
    limits(bea, numbers={"files_per_day": 40}, **{"for": "1h"})

    world.clock.passes(hours=1, microseconds=-1)
    assert limits_of(dan)["files_per_day"] == 40
    world.clock.passes(microseconds=1)
    assert limits_of(dan)["files_per_day"] == 30


@pytest.mark.parametrize("undone", list(permutations(range(4), 2)), ids=str)
def test_undone_in_any_order_it_is_as_if_it_had_never_been_decided(
    world: World, dan: Person, bea: Person, undone: tuple[int, int]
):
    acts = [
        lambda: limits(bea, numbers={"files_per_day": 30}),
        lambda: bea.decides("vouch", DAN).json()["decision"]["id"],
        lambda: limits(bea, numbers={"files_per_day": 40, "projects_per_day": 0}),
        lambda: limits(bea, numbers={"projects_per_day": 9}, **{"for": "1h"}),
    ]
    made = [act() for act in acts]
    undos = [bea.undoes(made[number]) for number in undone]
    with_undoes = [_stands(dan)]
    world.clock.passes(hours=2)
    with_undoes.append(_stands(dan))
    world.clock.passes(hours=-2)

    bea.undoes_all(by="bea", since="2026-01-01")
    assert _stands(dan) == ("new", NEW)
    for number, act in enumerate(acts):
        if number not in undone:
            act()

    without = [_stands(dan)]
    world.clock.passes(hours=2)
    assert [*without, _stands(dan)] == with_undoes
    assert len(undos) == 2


def _stands(person: Person) -> tuple[str, dict[str, int | None]]:
    return person.gets("/api/me").json()["standing"], limits_of(person)


def test_a_vouch_makes_trusted_until_it_is_undone(dan: Person, bea: Person):
    vouch = bea.decides("vouch", DAN, reason="I know him.").json()["decision"]["id"]
    assert _stands(dan) == ("trusted", TRUSTED)

    undo = bea.undoes(vouch)
    assert _stands(dan) == ("new", NEW)
    bea.undoes(undo)
    assert _stands(dan) == ("trusted", TRUSTED)


def test_undoing_all_takes_back_vouches_but_not_those_accounts_are_made_with(
    world: World, dan: Person, bea: Person
):
    terminal = Terminal(world.services.settings.data)
    terminal.says("account", "add", "joe")
    terminal.says("vouch", "dan", "--reason", "I know him.")
    operator = world.journal[-1].actor.partition(":")[2]
    bea.decides("vouch", DAN)

    assert bea.undoes_all(by="bea").status_code == 201
    assert bea.undoes_all(by=operator).status_code == 409

    assert len(bea.gets("/api/moderation/accounts/dan").json()["vouches"]) == 1
    assert _stands(dan) == ("trusted", TRUSTED)
    joe = bea.gets("/api/moderation/accounts/joe").json()
    assert (joe["standing"], len(joe["vouches"])) == ("trusted", 1)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"act": "limits"}, 422, "The act limits needs limits."),
        ({"act": "limits", "limits": {}}, 400, "Name at least one limit."),
        ({"act": "limits", "limits": {"files_per_day": -1}}, 422, "`$.limits.files_per_day`"),
        ({"act": "limits", "limits": {"files_per_day": 1_000_001}}, 422, "files_per_day"),
        ({"act": "limits", "limits": {"files": 1}}, 422, "unknown field `files`"),
        (
            {"act": "limits", "limits": {"files_per_day": 1}, "until": "2020-01-01"},
            400,
            "The end of limits must lie in the future.",
        ),
        ({"act": "limits", "limits": {"files_per_day": 1}, "subjects": []}, 400, "at least one"),
        (
            {"act": "limits", "limits": {"files_per_day": 1}, "effects": ["hide"]},
            422,
            "The act limits has no effects.",
        ),
        ({"act": "vouch", "limits": {"files_per_day": 1}}, 422, "The act vouch has no limits."),
        ({"act": "vouch", "for": "1h"}, 422, "The act vouch has no for."),
        ({"act": "vouch", "subjects": ["project:toasting"]}, 400, "project:toasting is no account"),
        ({"act": "vouch", "subjects": ["account:none"]}, 404, "There is no account:none here."),
        ({"act": "vouch", "reason": " "}, 400, "Say why."),
        ({"act": "hold", "limits": {"files_per_day": 1}}, 422, "The act hold has no limits."),
        ({"act": "dismissal"}, 422, "Invalid enum value"),
        ({"act": "withdraw"}, 422, "The act of a decision here is one of "),
    ],
    ids=str,
)
def test_what_cannot_be_decided_is_refused_with_a_sentence(
    world: World, dan: Person, bea: Person, body: dict[str, Any], status: int, said: str
):
    dan.uploads(a_wheel("toasting"))
    before = world.journal

    whole = {"subjects": [DAN], "reason": "Why not?", **body}
    answer = bea.asks("POST", "/api/moderation/decisions", json=whole)

    assert (answer.status_code, said in answer.text) == (status, True), answer.text
    assert world.journal == before


def test_only_an_admin_limits_an_admin(world: World, bea: Person, eve: Person):
    answer = bea.decides("limits", "account:eve", limits={"files_per_day": 1})

    assert (answer.status_code, answer.text) == (
        403,
        "Only an admin may limit account:eve, which is an admin's.",
    )
    limits(eve, "account:eve", numbers={"files_per_day": 1})
    assert limits_of(eve)["files_per_day"] == 1


def test_a_rehearsal_changes_nothing(dan: Person, bea: Person):
    body = {"act": "limits", "subjects": [DAN], "limits": {"files_per_day": 0}, "reason": "?"}

    answer = bea.asks("POST", "/api/moderation/decisions?dry_run=1", json=body)

    assert answer.status_code == 200
    assert limits_of(dan) == NEW


def test_the_commands_do_the_same_and_say_how_to_take_it_back(world: World, dan: Person):
    terminal = Terminal(world.services.settings.data)

    said = terminal.says(
        "limits", "dan", "--files-per-day", "0", "--for", "1h", "--reason", "Slow."
    )
    number = re.findall(r"^Decision (\d+):", said)[0]
    assert said == (
        f"Decision {number}: limited. 1 subject, 0 files, 0 projects. "
        f"To take it back: bascule undo {number}\n"
    )
    entry = world.journal[-1]
    assert (entry.act, entry.subject, entry.reason) == ("limits", DAN, "Slow.")
    assert entry.details["limits"] == {
        "projects_per_day": None,
        "files_per_day": 0,
        "files_per_10_minutes": None,
    }
    terminal.says("undo", number)
    assert limits_of(dan) == NEW
    assert terminal.refuses("limits", "dan", "--reason", "?") == (
        "Name at least one limit. An override is taken back by an undo."
    )
