"""A hold makes a file vanish for every client, and undoing it brings back every byte."""

import re

import httpx2
import pytest

from tests.kit import clients
from tests.kit.makers import a_wheel

pytestmark = pytest.mark.clients

INSTALLERS = {"pip": clients.pip_install, "uv": clients.uv_install}
WAYS = {
    "the page as JSON": ("/simple/{name}/", {"Accept": "application/vnd.pypi.simple.v1+json"}),
    "the page as HTML": ("/simple/{name}/", {"Accept": "text/html"}),
    "the bytes": ("/packages/{sha256}/{filename}", {}),
    "some of the bytes": ("/packages/{sha256}/{filename}", {"Range": "bytes=0-99"}),
    "the metadata": ("/packages/{sha256}/{filename}.metadata", {}),
}


@pytest.mark.parametrize("installer", INSTALLERS)
def test_a_held_file_is_not_installed_and_one_whose_hold_is_undone_is(
    installer, server, token, anyone
):
    wheel = a_wheel(f"crust-{installer}")
    server.publish(token, wheel)
    before = _seen(server.url, wheel)

    said = server.bascule("hold", f"file:{wheel.filename}", "--reason", "It steals passwords.")
    held = _seen(server.url, wheel)
    refused = INSTALLERS[installer](anyone, wheel.name)
    server.bascule("undo", re.findall(r"\d+", said)[0], "--reason", "It does not.")
    run = INSTALLERS[installer](anyone, wheel.name)

    assert {way: status for way, (status, _) in before.items()} == {
        **dict.fromkeys(WAYS, 200),
        "some of the bytes": 206,
    }
    assert {way: status for way, (status, _) in held.items()} == {
        **dict.fromkeys(WAYS, 404),
        "the page as JSON": 200,
        "the page as HTML": 200,
    }
    assert [way for way, (_, body) in held.items() if wheel.filename.encode() in body] == []
    assert refused.code != 0
    assert _seen(server.url, wheel) == before
    assert (run.code, anyone.installed()) == (0, {wheel.name: "1.0"}), run.output


def _seen(url, wheel):
    parts = {"name": wheel.name, "sha256": wheel.sha256, "filename": wheel.filename}
    answers = {
        way: httpx2.get(url + path.format(**parts), headers=headers)
        for way, (path, headers) in WAYS.items()
    }
    return {way: (answer.status_code, answer.content) for way, answer in answers.items()}
