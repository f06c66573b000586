"""What went wrong is shown to the person, in our words, by the client that they use."""

from dataclasses import replace

import pytest

from tests.kit.projects import a_project
from tests.kit.publishing import publish, send

pytestmark = pytest.mark.clients

CLIENTS = {"twine": "setuptools", "uv": "setuptools", "flit": "flit", "poetry": "poetry"}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_wrong_token_is_told(client, ann):
    a_project(ann.project, f"wrong-{client}", "1.0", built_by=CLIENTS[client])
    publish(client, ann)

    run = send(client, replace(ann, token="bascule_" + "wrong" * 8))

    assert run.code != 0
    assert "The token is unknown here." in run.output


@pytest.mark.parametrize("client", CLIENTS)
def test_a_file_with_other_bytes_is_told(client, ann):
    name = f"twice-{client}"
    a_project(ann.project, name, "1.0", built_by=CLIENTS[client])
    publish(client, ann)
    (ann.project / f"twice_{client}.py").write_text('"""Changed."""\n\n__version__ = "1.0"\n')

    run = publish(client, ann)

    assert run.code != 0
    assert "File already exists" in run.output


@pytest.mark.parametrize("client", CLIENTS)
def test_an_invalid_name_is_told(client, ann):
    a_project(ann.project, "calendar", "1.0", built_by=CLIENTS[client])

    run = publish(client, ann)

    assert run.code != 0
    assert "standard library" in run.output
