"""What every answer has, what a failure tells and to whom, and what the log knows."""

import asyncio
import re

import pytest
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse

from index.border import Border
from index.errors import Interrupted
from index.settings import LogFormat, Settings
from storage.problems import Forbidden, NotFound, Unavailable
from tests.kit import tiny
from tests.kit.asked import answering, ask
from tests.kit.logged import entries, log_of

APP = tiny.create(Settings())


@pytest.fixture
def log():
    with log_of(LogFormat.JSON) as log:
        yield log


def test_every_answer_has_an_id_and_is_nothing_to_a_browser(log):
    answer = ask(answering(PlainTextResponse("ok")), headers={"x-request-id": "0123abcd"})

    assert dict(answer.headers) == {
        "content-length": "2",
        "content-type": "text/plain; charset=utf-8",
        "x-request-id": "0123abcd",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "content-security-policy": "default-src 'none'",
    }


def test_a_page_may_bring_a_policy_of_its_own(log):
    policy = {"content-security-policy": "default-src 'self'", "referrer-policy": "no-referrer"}
    answer = ask(answering(HTMLResponse("<p>ok", headers=policy)))

    assert answer.headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert answer.headers.get_list("referrer-policy") == ["no-referrer"]


@pytest.mark.parametrize(
    "given", [None, "short", "x" * 65, "white space", "new\tline", "q'\"\\<>&"]
)
def test_an_id_that_looks_like_none_is_replaced(log, given):
    answer = ask(APP, "/worker", headers={} if given is None else {"x-request-id": given})

    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


def test_an_address_that_does_not_exist_is_told_so(log):
    answer = ask(APP, "/nowhere", headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()) == (
        404,
        {"code": "not-found", "message": "There is nothing at this address."},
    )


def test_a_method_that_does_not_fit_is_told_which_would(log):
    answer = ask(APP, "/headers", "DELETE", headers={"accept": "application/json"})

    assert (answer.status_code, answer.headers["allow"], answer.json()) == (
        405,
        "GET, HEAD, POST",
        {
            "code": "method-not-allowed",
            "message": "This address does not take DELETE.",
            "hint": "It takes GET, HEAD, POST.",
        },
    )


def test_a_bug_is_logged_once_and_not_shown(log):
    answer = ask(APP, "/bug", headers={"x-request-id": "0123abcd", "accept": "application/json"})

    assert (answer.status_code, answer.json()) == (
        500,
        {
            "code": "internal",
            "message": "The index failed to answer this; the fault is not yours.",
            "hint": "Whoever runs it finds the cause in its log under 0123abcd.",
        },
    )
    failure, line = entries(log)
    assert (failure["level"], failure["event"], line["status"]) == (
        "error",
        "Failed to answer.",
        500,
    )
    assert failure["exception"].endswith("RuntimeError: Never show this: [secret].")


def test_a_full_disk_is_told_without_its_paths(log):
    answer = ask(APP, "/full")

    said = "The disk of the index is full: nothing was stored, and nothing was lost."
    assert (answer.status_code, answer.text) == (507, said)
    assert [(line["level"], line["event"]) for line in entries(log)] == [
        ("error", said),
        ("info", "GET /full 507"),
    ]


def test_a_problem_is_the_answer_wherever_it_is_raised(log):
    async def app(scope, receive, send):
        raise Forbidden("The project is frozen.", hint="Ask ann@example.org.")

    answer = ask(Border(app))

    assert (answer.status_code, answer.text) == (
        403,
        "The project is frozen. Ask ann@example.org.",
    )


@pytest.mark.parametrize("error", [RuntimeError("lost"), NotFound("There is no such blob.")])
def test_an_answer_that_breaks_off_is_logged_once_and_raised(log, error):
    async def pieces():
        yield b"half"
        raise error

    with pytest.raises(Interrupted):
        ask(answering(StreamingResponse(pieces())))

    assert [line["level"] for line in entries(log)] == ["error", "info"]


def test_a_client_that_leaves_is_no_error(log):
    async def app(scope, receive, send):
        raise ClientDisconnect

    sent = []
    asyncio.run(Border(app)(_scope("/legacy/"), _nothing, _into(sent)))

    assert sent == []
    assert [(line["level"], line["event"]) for line in entries(log)] == [
        ("info", "GET /legacy/ 499")
    ]


@pytest.mark.parametrize("path", ["/much", "/worker", "/nowhere", "/bug"])
def test_head_is_get_without_a_body(log, path):
    sent, headless = [], []
    asyncio.run(APP(_scope(path), _nothing, _into(sent)))
    asyncio.run(APP(_scope(path, "HEAD"), _nothing, _into(headless)))

    assert headless == [sent[0], {"type": "http.response.body"}]


def test_head_of_a_stream_ends_at_once(log):
    async def pieces():
        yield b"one"
        yield b"two"

    sent = []
    stream = StreamingResponse(pieces(), headers={"content-length": "6"})
    asyncio.run(answering(stream)(_scope("/", "HEAD"), _nothing, _into(sent)))

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


def test_an_index_that_cannot_start_says_why_in_a_sentence():
    async def app(scope, receive, send):
        await send({"type": "lifespan.startup.failed", "message": "Traceback (most recent …"})
        raise Unavailable("The database is newer than this program.")

    sent = []
    asyncio.run(Border(app)({"type": "lifespan"}, _nothing, _into(sent)))

    said = "The database is newer than this program."
    assert sent == [{"type": "lifespan.startup.failed", "message": said}]


def _scope(path, method="GET"):
    headers = [(b"x-request-id", b"0123abcd")]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    return scope | {"query_string": b"", "scheme": "http", "server": ("index", 80)}


async def _nothing():
    await asyncio.Event().wait()


def _into(sent):
    async def send(message):
        sent.append(message)

    return send
