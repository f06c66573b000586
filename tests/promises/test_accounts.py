"""Accounts: who may make one, and what it may be called."""

import re
from typing import Any

import pytest

from index.settings import Signup
from moderation.accounts import MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS
from storage.schema import METADATA, decisions
from storage.schema import accounts as account_rows
from tests.kit.signing_in import PASSWORD, logs_in, signs_up
from tests.kit.terminal import Terminal
from tests.kit.world import World


@pytest.fixture
def settings() -> dict[str, object]:
    """Anyone may make an account."""
    return {"signup": Signup.OPEN}


def test_anyone_may_make_an_account_where_that_is_on(world: World):
    answer = signs_up(world, "Ann.Smith", email="Ann@Example.ORG")

    assert (answer.status_code, answer.json()) == (
        201,
        {
            "account": {
                "name": "ann.smith",
                "email": "Ann@example.org",
                "role": "uploader",
                "created_at": "2026-11-25T12:00:00Z",
            }
        },
    )
    assert logs_in(world, "ANN.smith").json()["account"]["name"] == "ann.smith"
    assert world.rows(decisions) == {"decisions": []}, "Nobody vouched for it."


def test_a_password_is_in_no_row_and_in_no_answer(world: World):
    answer = signs_up(world)

    assert PASSWORD not in answer.text
    assert PASSWORD not in repr(world.rows(*METADATA.sorted_tables))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "ann smith"}, 400),
        ({"name": "-ann"}, 400),
        ({"name": "ann-"}, 400),
        ({"name": ""}, 400),
        ({"name": "a" * 65}, 400),
        ({"name": "änn"}, 400),
        ({"name": "ann\n"}, 400),
        ({"name": "__token__"}, 400),
        ({"name": "me"}, 400),
        ({"name": "System"}, 400),
        ({"email": "nobody"}, 400),
        ({"email": "a@b@c.org"}, 400),
        ({"password": "x" * (MIN_PASSWORD_CHARACTERS - 1)}, 400),
        ({"password": "x" * (MAX_PASSWORD_CHARACTERS + 1)}, 400),
        ({"role": "admin"}, 422),
        ({"name": None}, 422),
        ({"password": 1234567890}, 422),
    ],
    ids=str,
)
def test_what_cannot_be_an_account_is_refused(world: World, body: dict[str, Any], status: int):
    assert signs_up(world, **body).status_code == status
    assert (world.rows(account_rows), world.journal) == ({"accounts": []}, [])


def test_a_name_is_taken_in_every_spelling(world: World):
    world.somebody("eva", password=PASSWORD)

    answer = signs_up(world, "EVA")

    assert (answer.status_code, answer.text) == (
        409,
        "The account name eva is taken. Choose another name.",
    )
    assert logs_in(world).status_code == 200


def test_an_account_is_made_and_given_a_password_on_the_command_line(world: World):
    terminal = Terminal(world.services.settings.data)

    terminal.says(
        "account", "add", "Ann", "--role", "moderator", "--password-stdin", typed=f"{PASSWORD}\n"
    )
    terminal.says("account", "add", "bob", "--new")
    assert logs_in(world, "ann").json()["account"]["role"] == "moderator"
    assert [
        re.split(r"\s+", line)[:2] for line in terminal.says("account", "list").splitlines()
    ] == [
        ["ann", "moderator"],
        ["bob", "uploader"],
    ]
    vouched = [entry.subject for entry in world.journal if entry.act == "vouch"]
    assert vouched == ["account:ann"]

    terminal.says("account", "password", "ann", typed="another long one\n")
    assert logs_in(world, "ann").status_code == 401
    assert logs_in(world, "ann", "another long one").status_code == 200
    assert terminal.refuses("account", "password", "ann", typed="short\n") == (
        "A password has 10 to 1024 characters."
    )
    assert terminal.refuses("account", "add", "ANN") == (
        "The account name ann is taken. Choose another name."
    )


class TestWhereSignUpIsOff:
    """An index as it is unless told otherwise."""

    @pytest.fixture
    def settings(self) -> dict[str, object]:
        """The defaults."""
        return {}

    def test_nobody_makes_an_account(self, world: World):
        answer = signs_up(world)

        assert (answer.status_code, answer.text) == (
            403,
            "This index does not take new accounts by itself. Ask its operator for one.",
        )
        assert world.rows(account_rows) == {"accounts": []}
