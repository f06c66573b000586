"""Every client that uploads: what it has built is on the index as it was built."""

import httpx2
import pytest

from tests.kit.clients import Person
from tests.kit.projects import a_project
from tests.kit.publishing import built, publish, send

pytestmark = pytest.mark.clients

# Each client, and the backend of a project that it is usually found with.
CLIENTS = {
    "twine": "setuptools",
    "uv": "setuptools",
    "hatch": "hatch",
    "flit": "flit",
    "poetry": "poetry",
    "pdm": "pdm",
}


@pytest.mark.parametrize("client", CLIENTS)
def test_what_was_built_is_published_as_it_is_and_may_be_sent_again(client, ann):
    name = f"crumb-{client}"
    a_project(ann.project, name, "1.0", built_by=CLIENTS[client], index=ann.simple_url)

    first = publish(client, ann)
    again = send(client, ann)

    assert (first.code, again.code) == (0, 0), first.output + again.output
    assert sorted(built(ann)) == [
        f"crumb_{client}-1.0-py3-none-any.whl",
        f"crumb_{client}-1.0.tar.gz",
    ]
    assert listed(ann, name) == built(ann)


def listed(person: Person, name: str) -> dict[str, str]:
    """The files that the index lists, each with its digest."""
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    page = httpx2.get(f"{person.index}/simple/{name}/", headers=accept).json()
    return {file["filename"]: file["hashes"]["sha256"] for file in page["files"]}
