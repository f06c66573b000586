"""What is too long, too large or empty is told so, and is never a bug."""

import pytest

from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

TOAST = a_wheel("toasting")
HUGE = "9" * 5000


@pytest.mark.parametrize("number", [HUGE, "9" * 19, "0x1", "-1", "1.0"])
def test_no_number_of_a_decision_is_a_bug(bea: Person, number: str):
    path = f"/api/moderation/decisions/{number}/undo"

    assert bea.asks("POST", path, json={"reason": "A mistake."}).status_code == 404


def test_no_number_of_a_version_is_a_bug(ann: Person, bea: Person, anyone: Person):
    ann.uploads(TOAST)

    yank = ann.asks("POST", f"/api/projects/toasting/releases/{HUGE}/yank", json={})
    answers = [yank, bea.decides("hold", f"release:toasting/{HUGE}")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert anyone.gets(f"/pypi/toasting/{HUGE}/json").status_code == 404


def test_a_hidden_release_is_as_unknown_to_strangers_as_none(ann: Person, bob: Person, bea: Person):
    ann.uploads(TOAST)
    bea.holds("release:toasting/1.0")

    answers = [
        bob.asks("POST", f"/api/projects/toasting/releases/{version}/yank", json={})
        for version in ("1.0", "2.0")
    ]

    assert [(each.status_code, each.text) for each in answers] == [
        (403, answers[0].text),
        (403, answers[0].text),
    ]


@pytest.mark.parametrize("project", ["", "foo bar", "x" * 256])
def test_a_token_for_no_project_is_not_a_token_for_all(world: World, project: str):
    world.somebody("carl", password="correct horse battery")
    body = {"name": "carl", "password": "correct horse battery", "project": project}

    assert world.anyone.asks("POST", "/api/tokens", json=body).status_code == 400


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"reason": "x" * 4_001}, "$.reason"),
        ({"note": "x" * 4_001}, "$.note"),
        ({"private_note": "x" * 4_001}, "$.private_note"),
        ({"key": "x" * 256}, "$.key"),
        ({"key": ""}, "$.key"),
        ({"subjects": ["project:x"] * 50_001}, "$.subjects"),
        ({"act": "release", "holds": [1] * 50_001}, "$.holds"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_decision_that_is_too_long_or_has_an_empty_key_is_told_where(
    bea: Person, more: dict[str, object], where: str
):
    body = {"act": "hold", "subjects": ["project:toasting"], "reason": "Because.", **more}

    answer = bea.asks("POST", "/api/moderation/decisions", json=body)

    assert answer.status_code == 422
    assert f"`{where}`" in answer.text
