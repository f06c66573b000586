"""What owners do, through the API and on the command line alike: yank, withdraw, say, invite."""

from typing import Any

import pytest

from tests.kit.makers import a_wheel, an_sdist
from tests.kit.owners import AtTheDoor, AtTheTerminal, Owner
from tests.kit.shelf import FILE, HIDDEN, RELEASE, SOURCE, TOAST, everything, seen
from tests.kit.terminal import Terminal
from tests.kit.world import JSON, Person, World


@pytest.fixture
def terminal(world: World) -> Terminal:
    """The command line on the machine of the world."""
    return Terminal(world.services.settings.data)


@pytest.fixture(params=["through the API", "on the command line"])
def owner(request: pytest.FixtureRequest, ann: Person, terminal: Terminal) -> Owner:
    """An owner of the shelf at either door."""
    return AtTheDoor(ann) if "API" in request.param else AtTheTerminal(terminal)


def yanked(anyone: Person) -> dict[str, Any]:
    """Each file with its yank, alike in JSON, in HTML and in the legacy JSON."""
    page = anyone.gets("/simple/toasting/", headers={"accept": JSON}).json()
    found = {file["filename"]: file.get("yanked") for file in page["files"]}
    links = {
        link.text: link.attributes.get("data-yanked") for link in anyone.reads("toasting").links
    }
    assert links == {name: "" if why is True else why for name, why in found.items()}
    releases = anyone.gets("/pypi/toasting/json").json()["releases"].values()
    legacy = {file["filename"]: file for files in releases for file in files}
    assert {name: file["yanked"] for name, file in legacy.items()} == {
        name: why is not None for name, why in found.items()
    }
    return found


def of(one: Any, two: Any, three: Any) -> dict[str, Any]:
    """A value for each of the three files."""
    return dict(zip(seen()["files"], (one, two, three), strict=True))


def test_a_yanked_release_is_yanked_with_every_file_of_it(shelf: Person, owner: Owner):
    assert owner.does("yank", RELEASE, "It burns.") is None
    assert yanked(shelf) == of("It burns.", "It burns.", None)

    assert owner.does("unyank", RELEASE) is None
    assert yanked(shelf) == of(None, None, None)


def test_a_yanked_file_is_yanked_alone(shelf: Person, owner: Owner):
    assert owner.does("yank", FILE) is None
    assert yanked(shelf) == of(True, None, None)

    assert owner.does("unyank", FILE) is None
    assert yanked(shelf) == of(None, None, None)


def test_a_file_keeps_its_own_reason_before_and_after_its_release_is_yanked(
    shelf: Person, owner: Owner
):
    owner.does("yank", FILE, "This one burns.")
    owner.does("yank", RELEASE, "All burn.")
    assert yanked(shelf) == of("This one burns.", "All burn.", None)

    owner.does("unyank", RELEASE)
    assert yanked(shelf) == of("This one burns.", None, None)


def test_yanking_again_changes_the_reason(shelf: Person, owner: Owner):
    owner.does("yank", RELEASE, "It burns.")

    assert owner.does("yank", RELEASE, "It smokes.") is None
    assert yanked(shelf) == of("It smokes.", "It smokes.", None)


def test_a_file_that_comes_to_a_yanked_release_is_yanked(shelf: Person, ann: Person, owner: Owner):
    owner.does("yank", RELEASE, "It burns.")
    later = a_wheel("toasting", "1.0", build="7")
    ann.uploads(later)

    assert yanked(shelf)[later.filename] == "It burns."


def test_a_yanked_file_is_served(shelf: Person, owner: Owner):
    owner.does("yank", RELEASE)

    assert everything(shelf) == seen()


@pytest.mark.parametrize("subject", [FILE, RELEASE])
def test_what_is_not_yanked_cannot_be_unyanked(shelf: Person, owner: Owner, subject: str):
    assert owner.does("unyank", subject) == f"{subject} is not yanked."


@pytest.mark.parametrize("subject", [FILE, RELEASE])
def test_what_is_withdrawn_is_gone_until_it_is_restored(shelf: Person, owner: Owner, subject: str):
    before = shelf.gets("/simple/toasting/").content
    assert owner.does("withdraw", subject) is None
    assert everything(shelf) == HIDDEN[subject]
    assert owner.does("withdraw", subject) == f"{subject} is withdrawn already."

    assert owner.does("restore", subject) is None
    assert everything(shelf) == seen()
    assert shelf.gets("/simple/toasting/").content == before
    assert owner.does("restore", subject) == f"{subject} is not withdrawn."


@pytest.mark.parametrize("subject", [FILE, RELEASE])
def test_the_name_of_a_withdrawn_file_stays_taken(
    shelf: Person, ann: Person, owner: Owner, subject: str
):
    owner.does("withdraw", subject)

    for archive in (TOAST, a_wheel("toasting", "1.0", summary="Other bytes.")):
        answer = ann.uploads(archive)
        assert (answer.status_code, answer.text) == (
            400,
            f"File already exists ({TOAST.filename}): it was withdrawn. "
            "File names are never reused. Restore it, or raise the version.",
        )
    assert everything(shelf) == HIDDEN[subject]


@pytest.mark.parametrize(
    ("status", "reason", "shown", "uploads"),
    [
        ("archived", "", {"status": "archived"}, 403),
        ("archived", "No more toast.", {"status": "archived", "reason": "No more toast."}, 403),
        ("deprecated", "Use bread.", {"status": "deprecated", "reason": "Use bread."}, 200),
        ("active", "", {"status": "active"}, 200),
    ],
)
def test_a_status_is_shown_and_an_archived_project_takes_no_uploads(
    shelf: Person, ann: Person, owner: Owner, status: str, reason: str, shown: Any, uploads: int
):
    assert owner.says("toasting", status, reason) is None
    assert everything(shelf) == seen(status=shown)
    assert ann.uploads(an_sdist("toasting", "3.0")).status_code == uploads

    assert owner.says("toasting", "active") is None
    assert ann.uploads(an_sdist("toasting", "3.0")).status_code == 200


def test_only_moderators_quarantine(shelf: Person, owner: Owner):
    assert (
        owner.says("toasting", "quarantined") == "Only moderators quarantine a project, by a hold."
    )
    assert everything(shelf) == seen()


def test_a_member_may_publish_and_one_who_was_removed_may_not(
    shelf: Person, bob: Person, owner: Owner
):
    third, fourth = a_wheel("toasting", "3.0"), a_wheel("toasting", "4.0")
    assert bob.uploads(third).status_code == 403

    assert owner.member("add", "Toasting", "BOB") is None
    assert bob.uploads(third).status_code == 200
    assert owner.member("add", "toasting", "bob") == "bob is a member of toasting already."

    assert owner.member("remove", "toasting", "bob") is None
    assert bob.uploads(fourth).status_code == 403
    assert owner.member("remove", "toasting", "bob") == "bob is not a member of toasting."


def test_the_last_member_stays(shelf: Person, ann: Person, owner: Owner):
    assert owner.member("remove", "toasting", "ann") == (
        "ann is the last member of toasting. Add another member first."
    )
    assert ann.uploads(a_wheel("toasting", "3.0")).status_code == 200


@pytest.mark.parametrize(
    ("act", "subject", "said"),
    [
        ("yank", "release:toasting/9", "toasting has no release 9."),
        ("withdraw", "release:crumpets/1.0", "There is no project crumpets."),
        ("restore", "file:toasting-9.tar.gz", "There is no file toasting-9.tar.gz."),
        ("unyank", f"release:toasting/{'9' * 200}", f"toasting has no release {'9' * 100}."),
    ],
)
def test_what_is_not_there_cannot_be_changed(
    shelf: Person, owner: Owner, act: str, subject: str, said: str
):
    assert owner.does(act, subject) == said


@pytest.mark.parametrize("spelled", ["release:Toasting/1.0.0", "release:TOASTING/v1.0"])
def test_every_spelling_of_a_release_is_the_release(shelf: Person, owner: Owner, spelled: str):
    assert owner.does("yank", spelled, "It burns.") is None
    assert yanked(shelf) == of("It burns.", "It burns.", None)


def test_a_reason_is_text_and_not_endless(shelf: Person, owner: Owner):
    assert owner.does("yank", FILE, "'\"><script>alert(1)</script>") is None
    assert yanked(shelf)[TOAST.filename] == "'\"><script>alert(1)</script>"
    assert "<script>" not in shelf.gets("/simple/toasting/").text

    assert owner.does("yank", FILE, "x" * 1001) == "A reason may have 1,000 characters."


def test_a_stranger_changes_nothing(world: World, shelf: Person, bob: Person):
    stranger, before = AtTheDoor(bob), world.journal
    said = (
        "bob is not a member of the project toasting. "
        "Ask one of its members to add you, or choose another name."
    )

    for act in ("yank", "unyank", "withdraw", "restore"):
        for subject in (FILE, RELEASE):
            assert stranger.does(act, subject) == said
    assert stranger.says("toasting", "archived") == said
    assert stranger.member("add", "toasting", "bob") == said
    assert stranger.member("remove", "toasting", "ann") == said
    assert (world.journal, everything(shelf)) == (before, seen())


def test_a_file_is_changed_by_its_own_project_alone(shelf: Person, bob: Person):
    bob.uploads(a_wheel("crumpets"))

    answer = bob.asks("POST", f"/api/projects/crumpets/files/{SOURCE.filename}/withdraw", json={})

    assert (answer.status_code, answer.text) == (
        404,
        f"crumpets has no file {SOURCE.filename}.",
    )


def test_the_command_line_leaves_entries_of_whoever_ran_it(
    world: World, shelf: Person, terminal: Terminal
):
    before = len(world.journal)
    AtTheTerminal(terminal).does("yank", RELEASE, "It burns.")

    (entry,) = world.journal[before:]
    assert (entry.act, entry.subject, entry.reason) == ("yank", RELEASE, "It burns.")
    assert entry.actor.startswith("operator:")
