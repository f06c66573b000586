"""`bascule migrate --blobs-to` moves files out of a folder, wherever the rows are."""

from tests.kit.makers import a_wheel
from tests.kit.places import Place
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

TOAST, ALSO, OTHER = (a_wheel(name, "1.0") for name in ("toasting", "burnt", "crumpets"))
WHOLE = "Everything is as it should be.\n"
FILES_MOVED = "The files of the index have moved to another place: none is kept here any more."


def test_files_move_alone_and_only_uploads_wait_for_the_new_settings(
    world: World, place: Place, ann: Person, bea: Person, anyone: Person
):
    here = Terminal(world.services.settings.data)
    for archive in (TOAST, ALSO):
        assert ann.uploads(archive).status_code == 200
    here.says("migrate")

    here.says("migrate", *place.words[2:], env=place.keys)

    env = {name: value for name, value in place.env.items() if name != "BASCULE_DATABASE_URL"}
    assert here.says("check", env=env) == WHOLE
    assert FILES_MOVED in ann.uploads(OTHER).text
    assert bea.decides("hold", "project:toasting").status_code == 201
    assert anyone.sees("toasting") == []
    here.says("migrate", "--stay")
    assert ann.uploads(OTHER).status_code == 200
