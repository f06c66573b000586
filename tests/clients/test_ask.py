"""What resolving costs the index: metadata and no wheels, and the second time next to nothing."""

import shutil

import pytest

from tests.kit import clients
from tests.kit.makers import a_wheel

pytestmark = pytest.mark.clients

INSTALLERS = {"pip": clients.pip_install, "uv": clients.uv_install}


@pytest.mark.parametrize("installer", INSTALLERS)
def test_resolving_fetches_metadata_and_no_wheel(installer, server, token, anyone):
    plate, knife = f"plate-{installer}", f"knife-{installer}"
    wheels = [a_wheel(plate, requires_dist=[f"{knife}<2"]), a_wheel(knife), a_wheel(knife, "2.0")]
    server.publish(token, *wheels)
    before = len(server.answered())

    run = INSTALLERS[installer](anyone, "--dry-run", plate)

    assert run.code == 0, run.output
    assert server.answered()[before:] == [
        ("GET", f"/simple/{plate}/", 200),
        ("GET", _metadata(wheels[0]), 200),
        ("GET", f"/simple/{knife}/", 200),
        ("GET", _metadata(wheels[1]), 200),
    ]


@pytest.mark.parametrize("installer", INSTALLERS)
def test_the_second_time_the_page_has_not_changed(installer, server, token, anyone):
    name = f"spoon-{installer}"
    server.publish(token, a_wheel(name))
    first = INSTALLERS[installer](anyone, name)
    shutil.rmtree(anyone.project)
    before = len(server.answered())

    again = INSTALLERS[installer](anyone, name)

    assert (first.code, again.code) == (0, 0), first.output + again.output
    assert anyone.installed() == {name: "1.0"}
    assert server.answered()[before:] == [("GET", f"/simple/{name}/", 304)]


def _metadata(wheel):
    return f"/packages/{wheel.sha256}/{wheel.filename}.metadata"
