"""Every client that uploads takes an upload that waits for one that succeeded."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.kit.clients import Person
from tests.kit.live import Server
from tests.kit.projects import a_project
from tests.kit.publishing import built, publish

pytestmark = pytest.mark.clients

CLIENTS = {"twine": "setuptools", "uv": "setuptools", "hatch": "hatch", "flit": "flit"}
CLIENTS |= {"poetry": "poetry", "pdm": "pdm"}


@pytest.fixture
def reviewing(server: Server, token: str) -> Iterator[Server]:
    """What new accounts upload waits; ann, who is trusted, publishes as ever."""
    server.bascule("mode", "set", "review", "--reason", "A wave of spam.")
    yield server
    server.bascule("mode", "set", "open", "--reason", "It is over.")


@pytest.mark.parametrize("client", CLIENTS)
def test_what_waits_is_a_success_to_every_client_and_is_there_when_it_is_released(
    client: str, reviewing: Server, tmp_path: Path
):
    name = f"waiting-{client}"
    reviewing.bascule("account", "add", f"new-{client}", "--new")
    secret = reviewing.bascule("token", "add", f"new-{client}").strip()
    dan = Person(home=tmp_path / "dan", index=reviewing.url, token=secret)
    a_project(dan.project, name, "1.0", built_by=CLIENTS[client], index=dan.simple_url)

    sent = publish(client, dan)

    assert sent.code == 0, sent.output
    page = f"{reviewing.url}/simple/{name}/"
    assert httpx2.get(page).status_code == 404
    reviewing.bascule("release", f"project:{name}", "--reason", "Harmless.")
    shown = httpx2.get(page, headers={"accept": "application/vnd.pypi.simple.v1+json"}).json()
    assert {file["filename"]: file["hashes"]["sha256"] for file in shown["files"]} == built(dan)
