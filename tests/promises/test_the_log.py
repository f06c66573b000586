"""What the log knows of each request, and what it never knows."""

import json
import re

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from index.app import create
from index.border import Border
from index.settings import LogFormat, Settings
from tests.kit import tiny
from tests.kit.asked import ask
from tests.kit.logged import entries, log_of

APP = tiny.create(Settings())


def test_a_line_says_who_asked_for_what():
    async def app(scope, receive, send):
        Request(scope).state.account = "ann"
        await PlainTextResponse("hello")(scope, receive, send)

    with log_of(LogFormat.JSON) as log:
        secret = {"authorization": "Basic eDpodW50ZXIy"}
        ask(Border(app), "/simple/a/?token=hunter2", headers=secret)

    assert entries(log) == [
        {
            "event": "GET /simple/a/ 200",
            "level": "info",
            "method": "GET",
            "path": "/simple/a/",
            "route": "none",
            "status": 200,
            "bytes": 5,
            "account": "ann",
        }
    ]


def test_a_line_says_why_not():
    with log_of(LogFormat.JSON) as log:
        ask(APP, "/refuse", "POST")

    assert entries(log) == [
        {
            "event": "POST /refuse 413",
            "level": "info",
            "method": "POST",
            "path": "/refuse",
            "route": "/refuse",
            "status": 413,
            "bytes": 51,
            "because": "Files may be at most 100 bytes.",
        }
    ]


def test_what_is_logged_meanwhile_has_the_id_of_the_request():
    with log_of(LogFormat.TEXT) as log:
        ask(APP, "/full", headers={"x-request-id": "0123abcd"})

    assert [line.count(" request_id=0123abcd") for line in log.getvalue().splitlines()] == [1, 1]


@pytest.mark.parametrize("space", ["%20", "_"])
def test_a_path_cannot_forge_a_line(space):
    with log_of(LogFormat.TEXT) as log:
        ask(APP, f"/a%0A2026-01-01T00:00:00Z{space}error%1b[31m%00/" + "x" * 999)

    lines = log.getvalue().splitlines()
    assert len(lines) == 1
    assert lines[0].isprintable()
    assert len(lines[0]) < 1000


@pytest.mark.parametrize(
    "secret",
    [
        f"password {tiny.SECRET}",
        "Authorization: Basic eDpodW50ZXIy",
        "authorization: bearer hunter2.hunter2",
        "postgresql://ann:hunter2@db.example.org/index",
    ],
)
@pytest.mark.parametrize("style", LogFormat)
def test_a_secret_in_an_exception_does_not_reach_the_log(style, secret):
    async def app(scope, receive, send):
        raise RuntimeError(secret)

    with log_of(style) as log:
        ask(Border(app))

    assert "[secret]" in log.getvalue()
    assert not re.search("hunter2|eDpodW50ZXIy|s{40}", log.getvalue())


def test_the_log_is_ours_under_any_server(tmp_path, capsys):
    with log_of(LogFormat.TEXT):  # Afterwards all is as it was.
        app = create(Settings(data=tmp_path, log_format=LogFormat.JSON))
        with TestClient(app) as client:
            client.get("/healthz")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["level"], line["event"]) for line in lines if "/healthz" in line["event"]] == [
        ("info", "GET /healthz 200")
    ]
