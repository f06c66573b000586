"""Installers follow a redirect to an object store, and check what they get there."""

import os

import pytest

from tests.kit import clients
from tests.kit.clients import Person
from tests.kit.live import a_server
from tests.kit.makers import a_wheel

pytestmark = pytest.mark.clients

WHEEL, OTHER = (
    a_wheel("rusk", "1.0", files={"rusk/crumbs.bin": os.urandom(700_000)}) for _ in range(2)
)
INSTALLERS = {
    "pip": clients.pip_install,
    "uv": clients.uv_install,
    "poetry": clients.poetry_add,
    "pdm": clients.pdm_add,
}


@pytest.fixture(scope="module")
def index(tmp_path_factory, object_server):
    """A server that redirects, with one project, in a bucket."""
    store = object_server.a_place()
    folder = tmp_path_factory.mktemp("redirect") / "data"
    with a_server(folder, **store.settings, offload="redirect") as server:
        server.publish(server.a_token("ann"), WHEEL)
        yield server, store


@pytest.mark.parametrize("installer", INSTALLERS)
def test_a_wheel_is_installed_by_way_of_the_store(index, installer, tmp_path):
    server, _ = index
    person = Person(home=tmp_path, index=server.url)

    run = INSTALLERS[installer](person, "rusk")

    assert run.code == 0, run.output
    assert person.installed() == {"rusk": "1.0"}
    path = f"/packages/{WHEEL.sha256}/{WHEEL.filename}"
    assert ("GET", path, 302) in server.answered()


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_other_bytes_than_were_uploaded_are_refused(index, installer, tmp_path):
    server, store = index
    person = Person(home=tmp_path, index=server.url)
    store.puts(WHEEL.sha256, OTHER.content)
    try:
        run = INSTALLERS[installer](person, "rusk")
    finally:
        store.puts(WHEEL.sha256, WHEEL.content)

    assert run.code != 0
    assert "hash" in run.output.lower()
    assert person.installed() == {}
