"""What rules notice is kept with the case, ranks it, and makes nothing wait unless armed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.kit.makers import a_wheel, an_sdist
from tests.kit.world import Person, World

NAMES = "# Ours.\nrequests\nnumpy\n"
LOOK_ALIKE = "The name reqeusts is one edit away from the protected name requests."


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, object]:
    """Two names are protected."""
    file = tmp_path / "names.txt"
    file.write_text(NAMES, encoding="utf-8")
    return {"protected_names": file}


def test_an_ordinary_upload_opens_no_case(world: World, ann: Person, bea: Person):
    ann.uploads(a_wheel("toasting", "1.0"))

    assert _queue(bea) == []


def test_a_look_alike_is_published_and_stands_in_the_queue_with_its_why(
    world: World, ann: Person, bea: Person
):
    assert ann.uploads(a_wheel("reqeusts", "1.0")).status_code == 200
    assert ann.uploads(a_wheel("reqeusts", "1.1")).status_code == 200

    [line] = _queue(bea)
    case = bea.gets(f"/api/moderation/cases/{line['id']}").json()

    assert line["subject"] == "project:reqeusts"
    assert [(each["rule"], each["score"], each["why"]) for each in case["signals"]] == [
        ("look-alike", 70, LOOK_ALIKE)
    ]


def test_the_projects_that_are_fetched_most_are_protected_too(
    world: World, ann: Person, bea: Person
):
    wheel = a_wheel("toasting", "1.0")
    ann.uploads(wheel)
    world.anyone.downloads(wheel)
    world.services.downloads.note(world.services.database)
    world.clock.passes(hours=1)

    ann.uploads(a_wheel("toastnig", "1.0"))

    assert [line["subject"] for line in _queue(bea)] == ["project:toastnig"]


def test_the_protected_names_are_read_again_before_an_upload_has_to(world: World):
    protection, before = world.services.protection, world.services.terms.protected

    async def follow() -> None:
        with anyio.move_on_after(0.2):
            await protection.following(world.clock, every=timedelta(milliseconds=10))

    anyio.run(follow)

    assert world.services.terms.protected is not before


def test_code_that_runs_when_installing_is_noticed(world: World, ann: Person, bea: Person):
    payload = {"setup.py": b"exec(__import__('base64').b64decode('aW1wb3J0'))\n"}
    ann.uploads(an_sdist("toasting", "1.0"))
    ann.uploads(an_sdist("toasting", "1.1", files=payload))

    [line] = _queue(bea)
    signals = bea.gets(f"/api/moderation/cases/{line['id']}").json()["signals"]
    assert {each["rule"] for each in signals} == {"first-setup", "payload"}
    assert {each["subject"] for each in signals} == {"file:toasting-1.1.tar.gz"}


def test_a_dismissal_settles_what_was_noticed_and_its_undo_brings_it_back(
    world: World, ann: Person, bea: Person
):
    ann.uploads(a_wheel("reqeusts", "1.0"))
    [line] = _queue(bea)
    decision = bea.decides("dismiss", case=line["id"]).json()["decision"]["id"]
    assert _queue(bea) == []

    bea.undoes(decision)

    assert [each["id"] for each in _queue(bea)] == [line["id"]]


class TestArmed:
    """The operator lets uploads wait from a score of 60 on."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> dict[str, object]:
        """Armed."""
        file = tmp_path / "names.txt"
        file.write_text(NAMES, encoding="utf-8")
        return {"protected_names": file, "wait_at_score": 60}

    def test_an_upload_of_that_score_waits_until_it_is_released_or_its_decision_undone(
        self, world: World, ann: Person, bea: Person
    ):
        answer = ann.uploads(a_wheel("reqeusts", "1.0"))
        assert (answer.status_code, "waits for a moderator" in answer.text) == (202, True)
        assert "Its signals have a score of 70 together." in answer.text
        assert world.anyone.gets("/simple/reqeusts/").status_code == 404
        assert ann.uploads(a_wheel("toasting", "1.0")).status_code == 200

        [hold] = bea.gets("/api/moderation/holds").json()["holds"]
        made = bea.gets("/api/moderation/decisions").json()["decisions"][0]
        assert (hold["effects"], made["by"]) == (["wait"], "machine:wait-at-score")
        undo = bea.undoes(hold["decision"])
        assert world.anyone.sees("reqeusts") == ["reqeusts-1.0-py3-none-any.whl"]
        bea.undoes(undo)
        bea.releases("project:reqeusts")
        assert world.anyone.sees("reqeusts") == ["reqeusts-1.0-py3-none-any.whl"]

    def test_a_verdict_of_a_person_binds_the_machine_for_thirty_days(
        self, world: World, ann: Person, bea: Person
    ):
        def upload(version: str) -> int:
            payload = {"setup.py": b"exec(bytes.fromhex('00'))\n"}
            return ann.uploads(an_sdist("toasting", version, files=payload)).status_code

        ann.uploads(a_wheel("toasting", "0.9"))
        assert upload("1.0") == 202
        [line] = _queue(bea)
        dismissal = bea.decides("dismiss", case=line["id"]).json()["decision"]["id"]
        assert upload("1.1") == 200
        undo = bea.undoes(dismissal)
        assert upload("1.2") == 202
        bea.undoes(undo)
        assert upload("1.3") == 200
        world.clock.passes(days=30)
        assert upload("1.4") == 202


def _queue(person: Person) -> list[dict[str, Any]]:
    answer = person.gets("/api/moderation/queue")
    assert answer.status_code == 200, answer.text
    cases: list[dict[str, Any]] = answer.json()["cases"]
    return cases
