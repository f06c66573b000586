"""Whom a decision concerns learns of it, a minute later, and everybody of what is public."""

import pytest

from storage.schema import messages
from tests.kit.makers import a_wheel
from tests.kit.receiving import Hook, Post, is_signed
from tests.kit.told import ABOUT, SECRET, TOAST, listed, passes, telling
from tests.kit.world import Person, World


@pytest.fixture
def settings(post: Post, hook: Hook) -> dict[str, object]:
    """Everything is sent."""
    return telling(post, hook)


@pytest.mark.usefixtures("told")
def test_whom_a_hold_concerns_is_written_to_after_a_minute(world: World, bea: Person, post: Post):
    made = bea.holds(
        ABOUT, reason="It takes\nkeys.", private_note="Told by bob.", until="2026-11-25T13:00:00Z"
    )

    passes(world, seconds=59)
    assert post.mails == []
    passes(world, seconds=1)

    (mail,) = post.mails
    assert post.recipients == ["ann@people.test"]
    assert (mail["From"], mail["To"]) == ("Bascule <bascule@index.test>", "ann@people.test")
    assert mail["Subject"] == f"Decision {made}: hold, about {ABOUT}"
    assert mail.get_content() == (
        "What was decided: hold (hide)\n"
        "About:\n"
        f"  {ABOUT}\n"
        "Since: 2026-11-25 12:01 UTC\n"
        "Until: 2026-11-25 13:00 UTC\n"
        "Why:\n"
        "  It takes\n"
        "  keys.\n"
        "\n"
        "If you think that this is wrong, say so: send a POST with a message to\n"
        f"/api/decisions/{made}/appeal of this index.\n"
    )
    assert listed(bea, made) == [
        ("webhook", "every webhook", 1, "passed on"),
        ("mail", "account:ann", 1, "sent"),
        ("webhook", "127.0.0.1", 1, "sent"),
    ]


@pytest.mark.usefixtures("told")
def test_a_webhook_tells_what_is_public_and_proves_who_sent_it(
    world: World, bea: Person, hook: Hook
):
    made = bea.holds(ABOUT, "account:bob", reason="Keys.", note="Public.", private_note="Not.")

    passes(world, minutes=1)

    ((headers, body),) = hook.came
    assert is_signed(headers, body, SECRET)
    assert not is_signed(headers, body + b" ", SECRET)
    assert headers["webhook-timestamp"] == str(int(world.clock().timestamp()))
    assert headers["content-type"] == "application/json"
    assert hook.events == [
        {
            "type": "decision.made",
            "timestamp": "2026-11-25T12:01:00Z",
            "data": {
                "id": made,
                "act": "hold",
                "at": "2026-11-25T12:01:00Z",
                "by": "moderator",
                "reason": "Keys.",
                "note": "Public.",
                "subjects": ["account", ABOUT],
                "subject_count": 2,
                "until": None,
            },
        }
    ]


@pytest.mark.usefixtures("told")
def test_each_is_told_of_their_own_part_alone(
    world: World, ann: Person, bob: Person, bea: Person, post: Post
):
    more = [a_wheel("toasting", f"2.{n}") for n in range(25)]
    for archive in more:
        ann.uploads(archive)
        world.clock.passes(minutes=10)
    bea.holds("project:crumpets", *(f"file:{each.filename}" for each in more))

    passes(world, minutes=1)

    to_ann, to_bob = sorted(post.mails, key=lambda mail: str(mail["To"]))
    assert "crumpets" not in to_ann.as_string()
    assert "toasting" not in to_bob.as_string()
    listed = [line for line in to_ann.get_content().splitlines() if line.startswith("  file:")]
    assert len(listed) == 20
    assert "  and 5 more\n" in to_ann.get_content()


@pytest.mark.usefixtures("told")
def test_nothing_of_what_only_waits_is_told_to_everybody(
    world: World, ann: Person, bea: Person, hook: Hook
):
    bea.sets_mode("review", reason="Busy.")
    new = world.somebody("new", new=True)
    hidden = a_wheel("scones", "1.0")
    assert new.uploads(hidden).status_code == 202
    bea.holds(f"file:{hidden.filename}")
    new.asks(
        "POST",
        "/api/reports",
        json={"subject": "project:scones", "kind": "spam", "summary": "Mine."},
    )
    ann.asks(
        "POST",
        "/api/reports",
        json={"subjects": ["project:toasting"], "kind": "spam", "summary": "ann says."},
    )

    passes(world, minutes=1)

    assert [(event["type"], event["data"]["subjects"]) for event in hook.events] == [
        ("mode.changed", ["index"]),
        ("decision.made", ["file"]),
        ("report.received", ["project"]),
        ("report.received", ["project:toasting"]),
    ]
    assert hook.events[0]["data"]["mode"] == "review"
    assert hook.events[3]["data"] == {
        "kind": "spam",
        "subjects": ["project:toasting"],
        "subject_count": 1,
    }
    assert b"scones" not in b"".join(body for _, body in hook.came)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("act", ["dismiss", "hold"])
def test_closing_a_case_tells_who_reported(
    world: World, bob: Person, bea: Person, post: Post, act: str
):
    report = {"subjects": ["project:toasting"], "kind": "spam", "summary": "Spam."}
    bob.asks("POST", "/api/reports", json=report)
    (case,) = bea.gets("/api/moderation/queue").json()["cases"]
    subjects = ["project:toasting"] if act == "hold" else []
    bea.decides(act, *subjects, case=case["id"], reason="I looked.", private_note="Hm.")

    passes(world, minutes=1)

    outcome = "dismissed" if act == "dismiss" else "confirmed"
    (mail,) = [mail for mail in post.mails if mail["To"] == "bob@people.test"]
    assert mail["Subject"] == f"Your report was {outcome}"
    assert mail.get_content() == (
        f"Your report was {outcome}.\nAbout:\n  project:toasting\nWhy:\n  I looked.\n"
    )
    assert len(post.mails) == (1 if act == "dismiss" else 2)


@pytest.mark.usefixtures("told")
def test_who_appealed_is_told_how_that_ended(
    world: World, ann: Person, bea: Person, cat: Person, post: Post, hook: Hook
):
    made = bea.holds(ABOUT)
    ann.asks("POST", f"/api/decisions/{made}/appeal", json={"message": "It is mine."})
    passes(world, minutes=1)
    assert cat.decides("dismiss", case=1, reason="It stays.").status_code == 201
    passes(world, minutes=1)

    (_, mail) = post.mails
    assert (mail["To"], mail["Subject"]) == (
        "ann@people.test",
        f"Decision {made} was upheld on your appeal",
    )
    assert mail.get_content() == (
        f"Decision {made} was upheld on your appeal.\nWhy:\n  It stays.\n"
    )


def test_who_has_no_address_is_not_written_to(world: World, ann: Person, bea: Person):
    ann.uploads(TOAST)
    bea.holds(ABOUT)

    assert {row[1] for row in world.rows(messages)["messages"]} == {"webhook"}
