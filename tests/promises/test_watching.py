"""The mode on each answer is worth no failure: what was known last is told, and asked again."""

import pytest

from tests.kit.makers import a_wheel
from tests.kit.world import JSON, Person, World


@pytest.mark.on_sqlite
def test_a_watcher_whose_connection_broke_is_made_anew(world: World, bea: Person):
    bea.sets_mode("review")
    assert world.anyone.gets("/healthz").headers["bascule-mode"] == "review"
    watcher = world.services.database._watcher
    assert watcher is not None
    watcher.connection.driver_connection.close()

    told = [world.anyone.gets("/healthz") for _ in range(2)]

    assert [(each.status_code, each.headers["bascule-mode"]) for each in told] == [
        (200, "review"),
        (200, "review"),
    ]


def test_what_is_written_first_of_all_is_learnt_too(world: World):
    assert _listed(world) == []

    world.somebody("ann").uploads(a_wheel("toasting", "1.0"))

    assert _listed(world) == ["toasting"]


def _listed(world: World) -> list[str]:
    answer = world.anyone.gets("/simple/", headers={"accept": JSON})
    return [project["name"] for project in answer.json()["projects"]]
