"""The mode on each answer is worth no failure: what was known last is told, and asked again."""

from tests.kit.world import Person, World


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
