"""BASCULE_READ=accounts: who reads shows a token first, and no cache shows it to others."""

import pytest

from index.guard import Who
from index.routes import DOORS
from index.settings import Read
from storage.records import Role, Scope
from tests.kit.walking import (
    LATER,
    NAMING,
    OTHER,
    SILENT,
    SOURCE,
    URLS,
    WHEEL,
    leaks,
    secrets_of,
    walked,
)
from tests.kit.world import JSON, Person, World

READING = [door.path for door in DOORS if door.who is Who.READER]
PAGE = "/simple/toasting/"


@pytest.fixture
def settings() -> dict[str, object]:
    """Only accounts read."""
    return {"read": Read.ACCOUNTS}


@pytest.fixture
def shelf(world: World, ann: Person) -> World:
    """Some files, and nobody who has seen them."""
    for archive in (WHEEL, SOURCE, LATER, OTHER):
        assert ann.uploads(archive).status_code == 200
    return world


def test_nobody_reads_without_a_token(shelf: World):
    secrets = secrets_of([WHEEL, SOURCE, LATER, OTHER], *NAMING)
    seen = walked(shelf)

    assert {each.door for each in seen if each.answer.status_code == 401} == set(READING)
    assert {each.door for each in seen if each.answer.status_code != 401} == set(URLS) - set(
        READING
    )
    assert [each for each in seen if leaks(each, secrets)] == []
    for each in seen:
        if each.answer.status_code == 401:
            assert (
                each.answer.headers["www-authenticate"] == 'Basic realm="Bascule", charset="UTF-8"'
            )
            assert each.answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("scope", Scope)
def test_a_token_of_any_scope_and_any_account_reads_everything(shelf: World, scope: Scope):
    reader = shelf.somebody("mod", role=Role.MODERATOR, scope=scope)

    answers = {url: reader.gets(url).status_code for path in READING for url in URLS[path]}

    moved = [url for path in SILENT & set(READING) for url in URLS[path]]
    assert answers == dict.fromkeys(answers, 200) | dict.fromkeys(moved, 301)


def test_no_shared_cache_keeps_what_a_token_opened(shelf: World, ann: Person):
    for path in READING:
        for url in URLS[path]:
            answer = ann.gets(url)
            if answer.status_code == 200:
                assert "Authorization" in answer.headers["vary"], url
                assert answer.headers["cache-control"].startswith("private, "), url


def test_what_a_client_has_is_not_called_good_to_a_stranger(shelf: World, ann: Person):
    for url in (PAGE, "/simple/", f"/packages/{WHEEL.sha256}/{WHEEL.filename}"):
        etag = {"if-none-match": ann.gets(url).headers["etag"]}

        assert ann.gets(url, headers=etag).status_code == 304
        assert "Authorization" in ann.gets(url, headers=etag).headers["vary"]
        assert shelf.anyone.gets(url, headers=etag).status_code == 401
        assert shelf.anyone.asks("HEAD", url).status_code == 401


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("Bearer bascule_unknown", 401),
        ("Basic YW5uOmEgbG9uZyBwYXNzd29yZA==", 401),
        ("Basic bm90OmFueXRoaW5n", 401),
        ("Basic !!!", 401),
        ("Digest username=ann", 401),
    ],
)
def test_nothing_but_a_token_opens(shelf: World, authorization: str, status: int):
    shelf.somebody("pat", password="a long password")

    answer = shelf.anyone.gets(PAGE, headers={"authorization": authorization})

    assert answer.status_code == status
    assert "toasting-" not in answer.text


def test_who_is_suspended_does_not_read_until_it_is_undone(
    shelf: World, ann: Person, bob: Person, bea: Person
):
    hold = bea.holds("account:bob", reason="Stolen.")

    answer = bob.gets(PAGE)
    assert (answer.status_code, answer.text) == (
        403,
        "Your account is suspended: Stolen. If that is wrong, ask the moderators of this index.",
    )
    assert ann.gets(PAGE).status_code == 200
    bea.undoes(hold)
    assert bob.gets(PAGE).status_code == 200


def test_what_is_hidden_is_hidden_from_accounts_too(shelf: World, ann: Person, bea: Person):
    bea.holds(f"file:{WHEEL.filename}")

    page = ann.gets(PAGE, headers={"accept": JSON}).json()
    assert [file["filename"] for file in page["files"]] == [SOURCE.filename, LATER.filename]
    assert ann.downloads(WHEEL).status_code == 404


def test_a_preflight_tells_nothing(shelf: World):
    answer = shelf.anyone.asks("OPTIONS", PAGE)

    assert (answer.status_code, answer.content) == (204, b"")
