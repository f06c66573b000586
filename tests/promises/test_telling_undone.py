"""What was undone in time is not told; what was told and undone, or is effective again, is."""

import pytest

from tests.kit.receiving import Hook, Post
from tests.kit.told import ABOUT, listed, passes, telling
from tests.kit.world import Person, World


@pytest.fixture
def settings(post: Post, hook: Hook) -> dict[str, object]:
    """Everything is sent."""
    return telling(post, hook)


@pytest.mark.usefixtures("told")
def test_what_is_undone_within_the_minute_is_never_told(
    world: World, bea: Person, post: Post, hook: Hook
):
    made = bea.holds(ABOUT)
    world.clock.passes(seconds=59)
    undone = bea.undoes(made)

    passes(world, minutes=5)

    assert (post.mails, hook.came) == ([], [])
    assert listed(bea, made) == [
        ("webhook", "every webhook", 0, "cancelled"),
        ("mail", "account:ann", 0, "cancelled"),
    ]
    assert listed(bea, undone) == []


@pytest.mark.parametrize("passing", [{}, {"minutes": 5}], ids=["at once", "later"])
@pytest.mark.usefixtures("told")
def test_what_is_effective_again_is_told_after_all(
    world: World, bea: Person, post: Post, hook: Hook, passing: dict[str, float]
):
    made = bea.holds(ABOUT)
    undone = bea.undoes(made)
    passes(world, **passing)
    redone = bea.undoes(undone)

    passes(world, minutes=1)

    assert [mail["Subject"] for mail in post.mails] == [f"Decision {made}: hold, about {ABOUT}"]
    assert [event["data"]["id"] for event in hook.events] == [made]
    assert listed(bea, undone) + listed(bea, redone) == []


@pytest.mark.usefixtures("told")
def test_an_undo_of_what_was_told_is_told_and_so_is_its_undo(
    world: World, bea: Person, post: Post, hook: Hook
):
    made = bea.holds(ABOUT)
    passes(world, minutes=1)
    undone = bea.undoes(made)
    passes(world, minutes=1)
    redone = bea.undoes(undone)
    passes(world, minutes=1)

    assert [event["type"] for event in hook.events] == ["decision.made", *2 * ["decision.undone"]]
    assert [event["data"].get("undoes") for event in hook.events] == [None, [made], [undone]]
    assert [mail["Subject"].partition(",")[0] for mail in post.mails] == [
        f"Decision {made}: hold",
        f"Decision {undone}: undo",
        f"Decision {redone}: undo",
    ]
    assert post.mails[1].get_content().startswith(f"What was decided: undo ({made})\nAbout:\n")


@pytest.mark.usefixtures("told")
def test_an_undo_while_a_message_is_on_its_way_is_told(world: World, bea: Person, hook: Hook):
    made = bea.holds(ABOUT)
    undone: list[int] = []
    hook.before = lambda: undone or undone.append(bea.undoes(made))

    passes(world, minutes=1)
    passes(world, minutes=1)

    assert [event["data"]["id"] for event in hook.events] == [made, *undone]


@pytest.mark.parametrize(
    ("pauses", "said"),
    [
        ((0, 0, 0), ""),
        ((1, 0, 0), "DA"),
        ((0, 0, 1), "DC"),
        ((1, 1, 0), "DA"),
        ((1, 0, 1), "DA"),
        ((1, 1, 1), "DABC"),
        ((0, 1, 1), "DC"),
    ],
)
@pytest.mark.usefixtures("told")
def test_what_was_said_last_is_how_it_is(
    world: World, bea: Person, hook: Hook, pauses: tuple[int, int, int], said: str
):
    """D is undone by A, A by B and B by C, with or without a pause before each."""
    made = {"D": bea.holds(ABOUT)}
    for undo, undone, pause in zip("ABC", "DAB", pauses, strict=True):
        passes(world, minutes=pause)
        made[undo] = bea.undoes(made[undone])
    passes(world, minutes=1)

    names = {number: name for name, number in made.items()}
    assert "".join(names[event["data"]["id"]] for event in hook.events) == said
