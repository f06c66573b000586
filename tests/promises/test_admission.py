"""The ladder: what each mode does with whom, and that every mode can be left again."""

from itertools import pairwise
from pathlib import Path
from time import sleep

import httpx2
import pytest

from moderation.admission import LADDER, Deed, Standing, Verdict, verdict
from storage.records import Mode
from tests.kit.live import a_server
from tests.kit.makers import a_wheel, an_sdist
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

ANSWERS = {Verdict.ADMIT: {200, 201}, Verdict.WAIT: {202}, Verdict.REFUSE: {403}}
OPEN = {"mode": "open", "reason": "", "since": None, "until": None}


@pytest.fixture
def settings() -> dict[str, object]:
    """Anyone may sign up."""
    return {"signup": "open"}


@pytest.fixture
def dan(world: World) -> Person:
    """An uploader that is new here, without a project."""
    return world.somebody("dan", new=True)


@pytest.fixture
def terminal(world: World) -> Terminal:
    """The command line on the machine of the world."""
    return Terminal(world.services.settings.data)


def test_the_table_has_every_deed_of_every_standing():
    new_only = {(Deed.SIGN_UP, Standing.TRUSTED)}

    assert set(LADDER) == {(d, s) for d in Deed for s in Standing} - new_only
    assert {len(steps) for steps in LADDER.values()} == {len(Mode)}


def test_each_step_refuses_or_delays_a_superset_of_the_step_before():
    for deed, standing in LADDER:
        for milder, stricter in pairwise(Mode):
            assert verdict(milder, deed, standing) <= verdict(stricter, deed, standing)
    for milder, stricter in pairwise(Mode):
        assert milder.step + 1 == stricter.step


def test_nobody_trusted_is_told_to_wait_and_the_trusted_release_until_the_last_step():
    for mode in Mode:
        assert verdict(mode, Deed.UPLOAD, Standing.TRUSTED) is (
            Verdict.REFUSE if mode is Mode.READ_ONLY else Verdict.ADMIT
        )


@pytest.mark.parametrize("mode", list(Mode))
def test_each_kind_of_caller_gets_what_the_table_says(
    world: World, ann: Person, dan: Person, bea: Person, mode: Mode
):
    for project in ("toasting", "crumpets"):
        assert ann.uploads(a_wheel(project, "1.0")).status_code == 200
    ann.asks("PUT", "/api/projects/toasting/members/dan")
    if mode is not Mode.OPEN:
        bea.sets_mode(mode)

    registered = world.anyone.asks(
        "POST", "/api/accounts", json={"name": "zoe", "password": "a long password"}
    )
    found = {
        (Deed.SIGN_UP, Standing.NEW): registered,
        (Deed.NEW_PROJECT, Standing.NEW): dan.uploads(a_wheel("butter", "1.0")),
        (Deed.NEW_PROJECT, Standing.TRUSTED): ann.uploads(a_wheel("jam", "1.0")),
        (Deed.UPLOAD, Standing.NEW): dan.uploads(a_wheel("toasting", "2.0")),
        (Deed.UPLOAD, Standing.TRUSTED): ann.uploads(a_wheel("crumpets", "2.0")),
        (Deed.CHANGE, Standing.NEW): dan.yanks("toasting/1.0"),
        (Deed.CHANGE, Standing.TRUSTED): ann.yanks("crumpets/1.0"),
    }

    assert set(found) == set(LADDER)
    for (deed, standing), answer in found.items():
        expected = ANSWERS[verdict(mode, deed, standing)]
        assert answer.status_code in expected, (deed, standing, answer.text)
        if answer.status_code == 403:
            assert f"the index is in the mode {mode}: Because." in answer.text


def test_a_new_account_becomes_trusted_by_age_and_a_file_that_was_left_alone(
    world: World, dan: Person, bea: Person
):
    assert dan.uploads(a_wheel("butter", "1.0")).status_code == 200
    bea.sets_mode("review")
    world.clock.passes(days=6)
    assert dan.uploads(a_wheel("butter", "1.1")).status_code == 202
    world.clock.passes(days=1)
    assert dan.uploads(a_wheel("butter", "1.2")).status_code == 200
    hold = bea.holds("file:butter-1.0-py3-none-any.whl", effects=["refuse"])
    assert dan.uploads(a_wheel("butter", "1.3")).status_code == 202
    bea.undoes(hold)
    assert dan.uploads(a_wheel("butter", "1.4")).status_code == 200


def test_the_mode_is_public_and_on_every_answer_and_open_says_nothing(
    world: World, ann: Person, bea: Person
):
    anyone = world.anyone
    assert anyone.gets("/api/admission").json() == OPEN
    assert "bascule-mode" not in anyone.gets("/simple/").headers

    bea.sets_mode("review", reason="A wave of spam.", **{"for": "6h"})

    assert anyone.gets("/api/admission").json() == {
        "mode": "review",
        "reason": "A wave of spam.",
        "since": "2026-11-25T12:00:00Z",
        "until": "2026-11-25T18:00:00Z",
    }
    for path in ("/", "/simple/", "/simple/none/", "/nowhere", "/healthz", "/api/me"):
        header = anyone.gets(path).headers["bascule-mode"]
        assert header == 'review; until="2026-11-25T18:00:00Z"'
    world.clock.passes(hours=6)
    assert anyone.gets("/api/admission").json() == OPEN
    assert "bascule-mode" not in anyone.gets("/simple/").headers


def test_of_several_modes_the_strictest_counts_and_one_that_is_undone_leaves_the_other(
    world: World, ann: Person, bea: Person, cat: Person
):
    review = bea.sets_mode("review")
    read_only = cat.sets_mode("read-only", **{"for": "1h"})
    assert _mode(world) == "read-only"
    assert ann.uploads(a_wheel("toasting", "1.0")).status_code == 403

    undone = bea.undoes(read_only)
    assert _mode(world) == "review"
    assert ann.uploads(a_wheel("toasting", "1.0")).status_code == 200

    bea.undoes(undone)
    assert _mode(world) == "read-only"
    world.clock.passes(hours=1)
    assert _mode(world) == "review"
    cat.undoes(review)
    assert _mode(world) == "open"


def test_read_only_is_left_through_the_api_and_by_command(
    world: World, ann: Person, bea: Person, terminal: Terminal
):
    for leave in (
        lambda: bea.sets_mode("open"),
        lambda: terminal.says("mode", "set", "open", "--reason", "Over."),
        lambda: bea.releases("index"),
        lambda: terminal.says("release", "index", "--reason", "Over."),
    ):
        terminal.says("mode", "set", "read-only", "--reason", "All stop.", "--for", "6h")
        bea.sets_mode("updates")
        assert (_mode(world), ann.says("none", "archived").status_code) == ("read-only", 404)
        assert terminal.says("mode", "show").split("\t")[0] == "read-only"
        leave()
        assert (_mode(world), terminal.says("mode", "show")) == ("open", "open\n")


def test_reading_tokens_and_moderation_work_while_the_index_is_read_only(
    world: World, ann: Person, bea: Person
):
    wheel = a_wheel("toasting", "1.0")
    ann.uploads(wheel)
    bob = world.somebody("bob", password="a long password")
    bea.sets_mode("read-only")

    assert ann.downloads(wheel).content == wheel.content
    body = {"name": "bob", "password": "a long password"}
    made = world.anyone.asks("POST", "/api/tokens", json=body)
    assert (made.status_code, bob.gets("/api/me").status_code) == (201, 200)
    bea.undoes(bea.holds("project:toasting"))
    for answer in (
        ann.uploads(an_sdist("toasting", "1.0")),
        ann.yanks("toasting/1.0"),
        ann.withdraws("toasting/1.0"),
        ann.says("toasting", "archived"),
        ann.asks("PUT", "/api/projects/toasting/members/bob"),
    ):
        assert (answer.status_code, "read-only: Because." in answer.text) == (403, True)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"act": "mode"}, "The act mode needs mode."),
        ({"act": "hold", "mode": "review"}, "The act hold has no mode."),
        ({"act": "mode", "mode": "ajar"}, "Invalid enum value 'ajar' - at `$.mode`"),
        (
            {"act": "mode", "mode": "review", "subjects": ["index"]},
            "The act mode has no subjects.",
        ),
        ({"act": "mode", "mode": "open"}, "The index is open: no mode is in force."),
        ({"act": "mode", "mode": "open", "for": "1h"}, "The mode open has no end"),
        ({"act": "hold", "subjects": ["index"]}, "index is held by setting a mode."),
        ({"act": "mode", "mode": "review", "until": "2020-01-01"}, "must lie in the future"),
    ],
)
def test_a_mode_that_cannot_be_set_is_refused_with_a_sentence(
    world: World, bea: Person, body: dict[str, object], said: str
):
    before = world.journal
    answer = bea.asks("POST", "/api/moderation/decisions", json={"reason": "Why not?", **body})

    assert answer.status_code in (400, 409, 422)
    assert (said in answer.text, world.journal) == (True, before)


def test_a_mode_for_two_seconds_ends_by_itself(tmp_path: Path):
    with a_server(tmp_path) as server:
        token = server.a_token("ann")
        server.bascule("mode", "set", "read-only", "--reason", "A test.", "--for", "2s")
        with pytest.raises(AssertionError, match="read-only"):
            server.publish(token, a_wheel("toasting", "1.0"))
        while "bascule-mode" in httpx2.get(f"{server.url}/simple/").headers:
            sleep(0.05)
        server.publish(token, a_wheel("toasting", "1.0"))


def _mode(world: World) -> str:
    mode: str = world.anyone.gets("/api/admission").json()["mode"]
    header = world.anyone.gets("/simple/").headers.get("bascule-mode", "open")
    assert header.partition(";")[0] == mode
    return mode
