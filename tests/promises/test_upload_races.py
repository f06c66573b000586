"""Uploads at the same moment, to a server of two workers: rows 35 and 36 of UPLOADS.md."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import httpx2
import pytest

from tests.kit.live import Server, a_server
from tests.kit.makers import Archive, a_wheel, an_sdist
from tests.kit.uploaders import client_of, tokens_in, upload

ROUNDS = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("races")


@pytest.fixture(scope="module")
def tokens(folder: Path) -> list[str]:
    """Of ann and of bob."""
    return tokens_in(folder, "ann", "bob")


@pytest.fixture(scope="module")
def server(folder: Path, tokens: list[str]) -> Iterator[Server]:
    with a_server(folder, workers="2", trusted_projects_per_day="1000") as running:
        yield running
        assert running.bascule("check").endswith("Everything is as it should be.\n")
        assert "Removed 0 blobs and 0 drafts" in running.bascule("sweep")


def test_row_35_of_20_parallel_uploads_of_one_file_one_is_stored(server: Server, tokens: list[str]):
    toast = a_wheel(files={"toasting/crumbs.bin": bytes(range(256)) * 4096})

    answers = at_once(server, *[(tokens[0], toast)] * 20)

    assert Counter(answers) == {
        (200, f"{toast.filename} is published.\n"): 1,
        (200, f"{toast.filename} was published before, with the same contents.\n"): 19,
    }
    assert listed(server, "toasting") == {toast.filename: toast.sha256}


@pytest.mark.parametrize("number", range(ROUNDS))
def test_row_36_two_accounts_racing_for_a_name_get_one_owner(
    server: Server, tokens: list[str], number: int
):
    name = f"crumpet{number}x"
    anns, bobs = a_wheel(name, "1.0"), a_wheel(name, "2.0")

    answers = at_once(server, (tokens[0], anns), (tokens[1], bobs))

    won = 0 if answers[0][0] == 200 else 1
    winner, loser = [(anns, "bob"), (bobs, "ann")][won]
    assert answers[won] == (200, f"{winner.filename} is published.\n")
    assert answers[1 - won] == (
        403,
        f"{loser} is not a member of the project {name}. "
        "Ask one of its members to add you, or choose another name.",
    )
    assert listed(server, name) == {winner.filename: winner.sha256}


@pytest.mark.parametrize("number", range(ROUNDS))
def test_row_36_two_confusable_names_do_not_both_come_in(
    server: Server, tokens: list[str], number: int
):
    one, other = a_wheel(f"toffee{number}x"), a_wheel(f"t0ffee{number}x")

    answers = at_once(server, (tokens[0], one), (tokens[1], other))

    assert sorted(status for status, _ in answers) == [200, 400]
    assert "is too much like the project" in max(answers)[1]


@pytest.mark.parametrize("number", range(ROUNDS))
def test_rows_19_and_35_of_two_files_of_one_name_one_is_stored(
    server: Server, tokens: list[str], number: int
):
    files = [a_wheel(f"waffle{number}x", summary=f"Waffle {of}.") for of in ("one", "two", "three")]

    answers = at_once(server, *[(tokens[0], file) for file in files])

    taken = f"File already exists ({files[0].filename}), with other contents."
    assert sorted(status for status, _ in answers) == [200, 400, 400]
    assert [said.startswith(taken) for status, said in answers if status == 400] == [True, True]
    won = files[[status for status, _ in answers].index(200)]
    assert listed(server, f"waffle{number}x") == {won.filename: won.sha256}
    url = f"{server.url}/packages/{won.sha256}/{won.filename}"
    assert httpx2.get(url).content == won.content


@pytest.mark.parametrize("number", range(ROUNDS))
def test_row_21_of_two_sdists_of_one_release_one_is_stored(
    server: Server, tokens: list[str], number: int
):
    name = f"muffin{number}x"
    sdists = [an_sdist(name, version) for version in ("1.0", "1.0.0")]

    answers = at_once(server, *[(tokens[0], sdist) for sdist in sdists])

    assert sorted(status for status, _ in answers) == [200, 400]
    assert "has an sdist already" in max(answers)[1]
    assert len(listed(server, name)) == 1


def at_once(server: Server, *uploads: tuple[str, Archive]) -> list[tuple[int, str]]:
    """The answers to uploads, each with its token, that begin together."""
    gate = Barrier(len(uploads))

    def one(token: str, archive: Archive) -> tuple[int, str]:
        with client_of(server.url, token) as client:
            client.get("/healthz")
            gate.wait()
            answer = upload(client, archive)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(len(uploads)) as threads:
        return list(threads.map(one, *zip(*uploads, strict=True)))


def listed(server: Server, project: str) -> dict[str, str]:
    """The sha256 of each file on a project's page."""
    accept = {"accept": "application/vnd.pypi.simple.v1+json"}
    page = httpx2.get(f"{server.url}/simple/{project}/", headers=accept).json()
    return {file["filename"]: file["hashes"]["sha256"] for file in page["files"]}
