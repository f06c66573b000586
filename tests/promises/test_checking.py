"""`bascule check` finds every file whose bytes are not those that were uploaded."""

from tests.kit.makers import a_wheel, an_sdist
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

TOAST, SDIST = a_wheel("toasting", "1.0"), an_sdist("toasting", "1.0")
OTHER = a_wheel("crumpets", "1.0")
WHOLE = "Everything is as it should be.\n"


def test_a_quick_check_finds_what_is_missing_or_cut_and_a_deep_one_what_was_changed(
    world: World, ann: Person
):
    here = Terminal(world.services.settings.data)
    for archive in (TOAST, SDIST, OTHER):
        assert ann.uploads(archive).status_code == 200
    places = [world.services.blobs.place(each.sha256) for each in (TOAST, SDIST, OTHER)]
    missing, cut, changed = (place for place in places if place is not None)
    kept = {place: place.read_bytes() for place in (missing, cut, changed)}
    missing.unlink()
    cut.write_bytes(kept[cut][:-1])
    changed.write_bytes(kept[changed][:-1] + b"?")

    quick, deep = (here.fails("check", how) for how in ("--quick", "--deep"))

    assert quick.splitlines() == [
        f"{TOAST.filename} has no bytes: the blob {TOAST.sha256} is missing.",
        f"{SDIST.filename} has other bytes than were uploaded: "
        f"the blob {SDIST.sha256} was changed.",
    ]
    assert deep.splitlines() == [
        *quick.splitlines(),
        f"{OTHER.filename} has other bytes than were uploaded: "
        f"the blob {OTHER.sha256} was changed.",
    ]
    for place, content in kept.items():
        place.write_bytes(content)
    assert here.says("check", "--quick") == WHOLE
