"""Every client that installs: it gets what it asked for, and nothing that it should not."""

from datetime import UTC, datetime
from time import sleep

import pytest

from tests.kit import clients
from tests.kit.live import a_server
from tests.kit.makers import Archive, a_wheel, an_sdist

pytestmark = pytest.mark.clients

INSTALLERS = {
    "pip": clients.pip_install,
    "uv": clients.uv_install,
    "poetry": clients.poetry_add,
    "pdm": clients.pdm_add,
}
FILES_OF_LARGE_PROJECT = 1000


@pytest.fixture(scope="session")
def shelf(server, token):
    """bread needs butter and, with its extra, jam; not each version of butter is for everyone."""
    server.publish(
        token,
        a_wheel(
            "bread",
            requires_dist=["butter>=1", 'jam; extra == "sweet"'],
            metadata_extra=["Provides-Extra: sweet"],
        ),
        a_wheel("butter", "1.0"),
        a_wheel("butter", "1.1"),
        a_wheel("butter", "2.0rc1"),
        a_wheel("butter", "3.0", requires_python=">=4"),
        a_source("jam", "1.0"),
    )
    server.bascule("yank", "release:butter/1.1", "--reason", "It has turned.")


@pytest.fixture(scope="session")
def private(tmp_path_factory):
    """An index that only accounts may read, with one project, and a token that may only read."""
    with a_server(tmp_path_factory.mktemp("private") / "data", read="accounts") as server:
        server.publish(server.a_token("ben"), a_wheel("butter"))
        yield server, server.a_token("ann", scope="read")


@pytest.mark.parametrize("installer", INSTALLERS)
def test_a_dependency_an_extra_and_an_sdist_are_installed_and_the_rest_is_not(
    installer, shelf, anyone
):
    run = INSTALLERS[installer](anyone, "bread[sweet]")

    assert run.code == 0, run.output
    assert anyone.installed() == {"bread": "1.0", "butter": "1.0", "jam": "1.0"}


@pytest.mark.parametrize("installer", INSTALLERS)
@pytest.mark.parametrize("version", ["1.1", "2.0rc1"])
def test_a_yanked_release_and_a_pre_release_are_installed_on_request(
    installer, version, shelf, anyone
):
    run = INSTALLERS[installer](anyone, f"butter=={version}")

    assert run.code == 0, run.output
    assert anyone.installed() == {"butter": version}


@pytest.mark.parametrize("installer", INSTALLERS)
def test_where_only_accounts_read_a_token_installs_and_nothing_else_does(
    installer, private, tmp_path
):
    server, token = private
    ann = clients.Person(home=tmp_path / "ann", index=server.url, token=token)
    anyone = clients.Person(home=tmp_path / "anyone", index=server.url)

    refused = INSTALLERS[installer](anyone, "butter")
    run = INSTALLERS[installer](ann, "butter")

    assert (refused.code != 0, anyone.installed()) == (True, {}), refused.output
    assert (run.code, ann.installed()) == (0, {"butter": "1.0"}), run.output


@pytest.mark.parametrize(
    ("installer", "option"), [("pip", "--uploaded-prior-to"), ("uv", "--exclude-newer")]
)
def test_what_was_uploaded_after_a_date_can_be_left_out(installer, option, server, token, anyone):
    name = f"toast-{installer}"
    server.publish(token, a_wheel(name, "1.0"))
    sleep(0.01)
    date = datetime.now(UTC).isoformat()
    sleep(0.01)
    server.publish(token, a_wheel(name, "2.0"))

    run = INSTALLERS[installer](anyone, option, date, name)

    assert run.code == 0, run.output
    assert anyone.installed() == {name: "1.0"}


def test_the_newest_of_a_thousand_files_is_installed_by_every_client(server, tmp_path):
    admin = server.a_token("root", role="admin")
    server.publish(admin, *(a_wheel("loaf", f"1.{n}") for n in range(FILES_OF_LARGE_PROJECT)))

    for name, install in INSTALLERS.items():
        person = clients.Person(home=tmp_path / name, index=server.url)
        run = install(person, "loaf")

        assert run.code == 0, run.output
        assert person.installed() == {"loaf": "1.999"}


def a_source(name: str, version: str) -> Archive:
    """An sdist that has to be built, by setuptools from the same index."""
    pyproject = f"""\
        [build-system]
        requires = ["setuptools"]
        build-backend = "setuptools.build_meta"
        [project]
        name = "{name}"
        version = "{version}"
        """
    return an_sdist(name, version, files={"pyproject.toml": pyproject.encode()})
