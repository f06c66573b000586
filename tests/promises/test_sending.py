"""Mails and webhooks are sent once, tried again, and safe on their way."""

import socket
import ssl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from index.environment import from_environment
from moderation import telling as words
from storage import outbox
from storage.problems import Invalid
from storage.schema import messages
from tests.kit.receiving import Hook, Post, a_certificate, a_post
from tests.kit.terminal import Terminal
from tests.kit.told import ABOUT, OUTBOX, SECRET, listed, passes, telling
from tests.kit.world import Person, World


@pytest.fixture
def settings(post: Post, hook: Hook) -> dict[str, object]:
    """Everything is sent."""
    return telling(post, hook)


@pytest.mark.usefixtures("told")
def test_what_is_not_taken_is_tried_again_ever_later_and_then_given_up(
    world: World, bea: Person, hook: Hook
):
    made = bea.holds(ABOUT)
    hook.statuses += [500, 302, *5 * [503]]
    waits = [timedelta(minutes=1), *outbox.BACKOFF]
    for n, wait in enumerate(waits):
        world.clock.now += wait - timedelta(seconds=1)
        OUTBOX.run(world.services)
        assert len(hook.came) == n
        passes(world, seconds=1)
        assert len(hook.came) == n + 1

    passes(world, days=10)

    assert len(hook.came) == 7
    assert len({headers["webhook-id"] for headers, _ in hook.came}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in hook.came}) == 7
    why = "failed: The webhook could not be given over: the answer was 503."
    assert listed(bea, made)[-1] == ("webhook", "127.0.0.1", 7, why)


@pytest.mark.usefixtures("told")
def test_two_senders_at_once_send_once(world: World, bea: Person, hook: Hook, post: Post):
    bea.holds(ABOUT)
    hook.before = lambda: OUTBOX.run(world.services)

    passes(world, minutes=1)

    assert (len(hook.came), len(post.mails)) == (1, 1)


@pytest.mark.usefixtures("told")
def test_what_a_dead_sender_had_taken_is_sent_by_the_next(world: World, bea: Person, post: Post):
    bea.holds(ABOUT)
    world.clock.passes(minutes=1)
    for _ in range(2):
        world.services.database.write_now(outbox.take, at=world.clock())

    OUTBOX.run(world.services)
    assert post.mails == []
    passes(world, minutes=10)

    assert post.recipients == ["ann@people.test"]


@pytest.mark.usefixtures("told")
def test_nothing_that_people_write_becomes_a_header_or_moves_a_cursor(
    world: World, bea: Person, ann: Person, post: Post
):
    assert ann.account is not None
    subject, text = "Hi\r\nBcc: eve@evil.test\x00\u202e", "One\r\n.\r\nTwo\x1b[2J\n\nüber"
    world.services.database.write_now(
        words.to_account, ann.account.id, subject, text, decision=None, at=world.clock()
    )

    passes(world, minutes=1)

    (mail,) = post.mails
    assert mail["Subject"] == "Hi Bcc: eve@evil.test\\x00\\u202e"
    assert mail["Bcc"] is None
    assert mail.get_content() == "One\\r\n.\\r\nTwo\\x1b[2J\n\nüber\n"
    assert post.recipients == ["ann@people.test"]


@pytest.mark.usefixtures("told")
def test_an_address_that_is_refused_keeps_no_other_from_its_mail(
    world: World, bea: Person, post: Post
):
    post.refusing.add("ann@people.test")
    made = bea.holds(ABOUT, "account:bob")

    passes(world, minutes=1)

    assert post.recipients == ["bob@people.test"]
    assert ("mail", "account:ann", 1, "The mail server refused the mail.") in listed(bea, made)


@pytest.mark.usefixtures("told")
def test_who_cannot_be_reached_keeps_nobody_else_waiting(
    world: World, bea: Person, post: Post, hook: Hook
):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    sending = _with(world, webhook_urls=(away, hook.url))
    made = [bea.holds(ABOUT), bea.holds("project:crumpets")]

    passes(sending, minutes=1)

    assert (len(hook.came), len(post.mails)) == (2, 2)
    refused = "The webhook could not be given over: Connection refused."
    assert [row[2:] for each in made for row in listed(bea, each) if row[3] != "sent"] == [
        (1, "passed on"),
        (1, refused),
        (1, "passed on"),
        (0, None),
    ]


@pytest.mark.usefixtures("told")
def test_a_mail_server_is_logged_in_to_and_encrypted_when_it_can(
    world: World, bea: Person, tmp_path: Path
):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(a_certificate(tmp_path))
    with a_post(tls=context) as post:
        sending = _with(world, smtp_url=f"smtp://bascule:p%40ss@127.0.0.1:{post.port}")
        bea.holds(ABOUT)
        passes(sending, minutes=1)

    assert (post.recipients, post.logins) == (["ann@people.test"], ["bascule:p@ss"])
    assert post.encrypted == [True]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("encrypts", [False, True], ids=["plain", "with a false certificate"])
def test_no_mail_goes_to_another_machine_where_somebody_could_listen_in(
    world: World, bea: Person, tmp_path: Path, encrypts: bool
):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(a_certificate(tmp_path))
    with a_post(tls=context if encrypts else None) as post:
        # An odd spelling of this machine, which might be any other.
        sending = _with(world, smtp_url=f"smtp://bascule:secret@127.1:{post.port}")
        made = bea.holds(ABOUT)
        passes(sending, minutes=1)

    assert (post.mails, post.logins) == ([], [])
    why = {row[3] for row in listed(bea, made) if row[0] == "mail"}
    assert all(each.startswith("The mail server") for each in why)


@pytest.mark.usefixtures("told")
def test_what_is_not_set_is_off_and_what_was_off_is_not_told_later(
    world: World, bea: Person, post: Post, hook: Hook
):
    sending = _with(world, smtp_url="", webhook_secret="")
    made = bea.holds(ABOUT)
    passes(sending, minutes=1)
    passes(world, days=1)

    assert (post.mails, hook.came) == ([], [])
    assert [row[3] for row in listed(bea, made)] == ["off", "off"]


@pytest.mark.usefixtures("told")
def test_a_url_that_is_no_longer_set_gets_nothing_more(world: World, bea: Person, hook: Hook):
    hook.statuses.append(500)
    made = bea.holds(ABOUT)
    passes(world, minutes=1)
    sending = _with(world, webhook_urls=("http://127.0.0.1:9/",))

    passes(sending, minutes=1)

    assert len(hook.came) == 1
    assert listed(bea, made)[-1] == ("webhook", "127.0.0.1", 2, "off")


@pytest.mark.usefixtures("told")
def test_the_command_line_lists_what_the_api_does(world: World, bea: Person):
    made = bea.holds(ABOUT)
    passes(world, minutes=1)
    first = world.rows(messages)["messages"][-1][0]

    lines = Terminal(world.services.settings.data).says("outbox", "--limit", "3").splitlines()

    due_at = "2026-11-25 12:12:00"
    assert lines == [
        f"{first}\twebhook\t127.0.0.1\tdecision {made}\t{due_at}\t1 attempts\tsent",
        f"{first - 1}\tmail\taccount:ann\tdecision {made}\t{due_at}\t1 attempts\tsent",
        f"{first - 2}\twebhook\tevery webhook\tdecision {made}\t{due_at}\t1 attempts\tpassed on",
    ]
    listing = bea.gets("/api/moderation/messages").text
    assert "people.test" not in listing + "".join(lines)
    assert "key=secret" not in listing + "".join(lines)
    page = bea.gets(f"/api/moderation/messages?before={first}").json()["messages"]
    assert [each["id"] for each in page[:2]] == [first - 1, first - 2]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEBHOOK_URLS", "http://example.org/"),
        ("WEBHOOK_URLS", "https://a.test/, ftp://b.test/"),
        ("WEBHOOK_URLS", ",".join(f"https://{n}.test/" for n in range(21))),
        ("WEBHOOK_URLS", "https://name:word@a.test/"),
        ("WEBHOOK_SECRET", "thirty-two characters of nothing"),
        ("WEBHOOK_SECRET", "whsec_c2hvcnQ="),
        ("WEBHOOK_SECRET", "whsec_not base64 at all, but long enough"),
        ("SMTP_URL", "https://mail.test"),
        ("WEBHOOK_URLS", "https://a..test/"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://name:caf%C3%A9@mail.test"),
        ("SMTP_URL", "smtp://mail.test:x"),
        ("MAIL_FROM", "bascule"),
        ("MAIL_FROM", "a@b.test\nBcc: c@d.test"),
    ],
)
def test_a_setting_that_would_not_be_safe_stops_the_start(name: str, value: str):
    with pytest.raises(Invalid, match=f"^BASCULE_{name} has to be "):
        from_environment({f"BASCULE_{name}": value}, overrides={})


def test_settings_are_read_as_they_are_written():
    urls = " https://a.test/x?y=z, http://[::1]:80/ ,https://a.test/x?y=z"
    environ = {"BASCULE_WEBHOOK_URLS": urls, "BASCULE_WEBHOOK_SECRET": SECRET}
    read = from_environment(environ, overrides={})

    assert read.webhook_urls == ("https://a.test/x?y=z", "http://[::1]:80/")
    assert SECRET not in repr(read)


def _with(world: World, **changes: object) -> World:
    """The same index, sending with other settings."""
    services = world.services
    return replace(
        world, services=replace(services, settings=replace(services.settings, **changes))
    )
