"""What a refusal looks like to each kind of client."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from index import errors
from index.errors import REASON_LENGTH, reason_phrase
from storage import problems
from storage.problems import (
    Busy,
    Conflict,
    Full,
    NotFound,
    Problem,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from tests.kit.asgi import sent

UV = "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PIP = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html"
TAKEN = Conflict("a-1.whl already exists.", hint="Raise the version.")
ALWAYS = {
    "cache-control": "no-store",
    "vary": "Accept",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "X-PyPI-Last-Serial",
}


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "text/plain",
        BROWSER,
        PIP,
        "application/json;q=0",
        "application/json;q=0.5, */*",
    ],
)
def test_people_read_one_plain_line(accept):
    answer = sent(errors.response(TAKEN, _request(accept)))

    assert (answer.status, answer.headers, answer.body) == (
        409,
        {"content-type": "text/plain; charset=utf-8", "content-length": "42"} | ALWAYS,
        b"a-1.whl already exists. Raise the version.",
    )


@pytest.mark.parametrize(
    "accept",
    ["application/json", UV, "Application/JSON, */*;q=0.1", "application/json, text/plain, */*"],
)
def test_programs_read_json(accept):
    answer = sent(errors.response(TAKEN, _request(accept)))

    body = {"code": "conflict", "message": "a-1.whl already exists.", "hint": "Raise the version."}
    assert (answer.status, answer.headers["content-type"], msgspec.json.decode(answer.body)) == (
        409,
        "application/json",
        body,
    )


def test_without_a_hint_there_is_none():
    answer = sent(errors.response(NotFound("No such file."), _request("application/json")))

    assert msgspec.json.decode(answer.body) == {"code": "not-found", "message": "No such file."}


@pytest.mark.parametrize(
    ("path", "accept", "code"),
    [
        ("/legacy/", UV, "409 a-1.whl already exists. Raise the version."),
        ("/legacy", UV, "409 a-1.whl already exists. Raise the version."),
        ("/legacy/", "application/json", "conflict"),
        ("/api/tokens", UV, "conflict"),
    ],
)
def test_uv_shows_the_code_so_an_upload_says_it_there(path, accept, code):
    answer = sent(errors.response(TAKEN, _request(accept, path)))

    assert msgspec.json.decode(answer.body)["code"] == code


@pytest.mark.parametrize(
    ("problem", "headers"),
    [
        (
            Unauthenticated("This needs a token."),
            {"www-authenticate": 'Basic realm="Bascule", charset="UTF-8"'},
        ),
        (TooMany("That was the last.", retry_after_seconds=30), {"retry-after": "30"}),
        (Busy("The index is busy.", retry_after_seconds=0), {"retry-after": "1"}),
        (Unavailable("The database is away."), {"retry-after": "5"}),
        (Full("The disk is full."), {}),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
def test_a_client_is_told_what_to_do_next(problem, headers):
    answer = sent(errors.response(problem, _request("*/*")))

    own = {"content-type": "text/plain; charset=utf-8", "content-length": str(len(answer.body))}
    assert answer.headers == headers | own | ALWAYS


def test_every_problem_has_a_status():
    kinds = [kind for kind in vars(problems).values() if isinstance(kind, type)]
    codes = {kind.code for kind in kinds if issubclass(kind, Problem) and kind is not Problem}

    assert set(errors.STATUS) == codes


@given(st.text())
def test_a_message_is_one_line_in_any_representation(text):
    problem = Conflict(text, hint=text)

    plain = sent(errors.response(problem, _request("*/*"))).body.decode()
    json = msgspec.json.decode(sent(errors.response(problem, _request(UV))).body)

    assert plain.isprintable()
    assert json["message"].isprintable()


@given(st.text())
def test_any_sentence_makes_a_valid_reason_phrase(text):
    phrase = reason_phrase(text)

    # RFC 9112 4: reason-phrase = 1*( HTAB / SP / VCHAR / obs-text ); and C1 controls are controls.
    assert re.fullmatch(rb"[ -~\xa0-\xff]*", phrase)
    assert len(phrase) <= REASON_LENGTH
    assert phrase == phrase.strip()


def test_a_reason_phrase_keeps_what_latin_1_has_and_ends_in_dots_when_cut():
    assert reason_phrase("Größe:\r\n\x00 “5”\ud800.") == "Größe: ?5? .".encode("latin-1")
    assert reason_phrase("x" * 999) == b"x" * (REASON_LENGTH - 3) + b"..."


def _request(accept=None, path="/simple/a/"):
    headers = [] if accept is None else [(b"accept", accept.encode())]
    return Request({"type": "http", "method": "POST", "path": path, "headers": headers})
