"""Every effect on every kind of subject has its ways back, through the API and by command."""

import re

import pytest

from moderation.effects import POSSIBLE
from storage import holds
from storage.records import Effect, Scope
from tests.kit.shelf import FILE, HIDDEN, PROJECT, RELEASE, everything, seen
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

SUBJECTS = {
    "file": FILE,
    "release": RELEASE,
    "project": PROJECT,
    "account": "account:bob",
    "token": "token:b0b",
}
NONE_THERE = (
    "There is no file:none.whl here. Check the spelling; a release is release:PROJECT/VERSION."
)
WAYS = [(kind, effect) for kind, effects in POSSIBLE.items() for effect in sorted(effects)]


@pytest.fixture
def terminal(world: World) -> Terminal:
    """The command line on the machine of the world."""
    return Terminal(world.services.settings.data)


def test_every_effect_means_something_on_some_subject():
    assert set(POSSIBLE) == {*SUBJECTS, "index"}  # Whose holds are modes.
    assert {effect for effects in POSSIBLE.values() for effect in effects} == set(Effect)


@pytest.mark.parametrize(("kind", "effect"), WAYS)
def test_every_effect_has_its_ways_back(
    world: World,
    shelf: Person,
    bob: Person,
    bea: Person,
    terminal: Terminal,
    kind: str,
    effect: str,
):
    bob.with_token(Scope.UPLOAD, token_id="b0b")
    subject = SUBJECTS[kind]

    bea.holds(subject, effects=[effect])
    assert _effects(world, subject) == {effect}
    bea.releases(subject)
    assert _effects(world, subject) == set()

    hold = bea.holds(subject, effects=[effect])
    bea.undoes(hold)
    assert _effects(world, subject) == set()

    bea.holds(subject, effects=[effect])
    terminal.says("release", subject, "--reason", "Looked at.")
    assert _effects(world, subject) == set()

    said = terminal.says("hold", subject, "--effect", effect, "--reason", "Look at this.")
    assert _effects(world, subject) == {effect}
    terminal.says("undo", _decision(said))
    assert _effects(world, subject) == set()


def test_a_command_says_what_it_did_and_how_to_take_it_back(
    world: World, shelf: Person, terminal: Terminal
):
    said = terminal.says("hold", PROJECT, "account:ann", "--reason", "Look at this.")

    number = _decision(said)
    assert said == (
        f"Decision {number}: held. 2 subjects, 3 files, 1 project. "
        f"To take it back: bascule undo {number}\n"
    )
    assert everything(shelf) == HIDDEN[PROJECT]
    entry = world.journal[-1]
    assert (entry.act, entry.reason) == ("hold", "Look at this.")
    assert entry.actor.startswith("operator:")


def test_a_command_undoes_all_that_somebody_decided(
    world: World, shelf: Person, bea: Person, cat: Person, terminal: Terminal
):
    bea.holds(RELEASE)
    bea.holds("release:toasting/2.0")
    cat.holds(FILE)

    terminal.says("undo", "--by", "bea", "--since", "2026-11-25T12:00:00Z", "--reason", "Stolen.")

    assert everything(shelf) == HIDDEN[FILE]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("undo",), "Name one decision, or say --by, --since or --case."),
        (("undo", "1", "--by", "bea"), "Name one decision, or say --by, --since or --case."),
        (("undo", "4711"), "There is no decision 4711."),
        (("undo", "--by", "nobody"), "Nothing that was decided then is left to undo."),
        (
            ("release", FILE, "--reason", "Why not?"),
            f"Not held: {FILE}. Leave it out, or look again.",
        ),
        (("hold", "file:none.whl", "--reason", "?"), NONE_THERE),
        (
            ("hold", FILE, "--effect", "suspend", "--reason", "?"),
            f"{FILE} cannot be under suspend. "
            "For a subject of this kind: freeze, hide, refuse, wait.",
        ),
        (("hold", FILE, "--reason", " "), "Say why. The people concerned will read it."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_that_cannot_be_done_says_why_and_does_nothing(
    world: World, shelf: Person, terminal: Terminal, words: tuple[str, ...], said: str
):
    before = world.journal

    assert terminal.refuses(*words) == said
    assert (world.journal, everything(shelf)) == (before, seen())


def _effects(world: World, subject: str) -> set[str]:
    in_force = world.asks_rows(holds.on_subjects, [subject], at=world.clock())
    return {effect.value for hold in in_force for effect in hold.effects}


def _decision(said: str) -> str:
    (number,) = re.findall(r"^Decision (\d+):", said)
    return str(number)
