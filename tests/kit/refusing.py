"""Uploads that have to be refused: what is said to each client, and that nothing has changed."""

from time import monotonic, sleep
from typing import Any

from sqlalchemy import select

from index.services import Services
from storage.schema import METADATA, jobs, tokens, workers
from tests.kit.forms import FORM, an_upload
from tests.kit.makers import Archive
from tests.kit.world import Person

SETTLED_SECONDS = 60
UV_ACCEPTS = "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7"


def refusal(person: Person, archive: Archive, **lies: Any) -> tuple[int, str]:
    """Status and sentence with which *archive* is refused; *lies* replace fields of its form."""
    return refused(person, an_upload(archive, **lies))


def refused(person: Person, body: bytes, path: str = "", **headers: str) -> tuple[int, str]:
    """Status and sentence with which a body is refused, alike in both spellings of the address.

    Fails if they are told differently in the two representations of an error (STANDARDS.md U20),
    or if the refusal leaves anything behind.
    """
    services = person.world.services
    before = everything(services)
    sent = {**FORM, "accept": "*/*", **headers}
    plain = person.asks("POST", f"/legacy/{path}", headers=sent, content=body)
    told = {**sent, "accept": UV_ACCEPTS}
    json = person.asks("POST", f"/legacy{path}", headers=told, content=body)

    assert everything(services) == before
    assert plain.status_code == json.status_code, (plain.text, json.text)
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"
    assert json.headers["content-type"] == "application/json"
    said = json.json()
    assert " ".join(filter(None, [said["message"], said.get("hint")])) == plain.text
    assert said["code"] == f"{plain.status_code} {plain.text}"
    assert plain.text.endswith(".")
    assert plain.text.isprintable()
    return plain.status_code, plain.text


def everything(services: Services) -> tuple[object, ...]:
    """All rows (but when tokens were used, workers seen and jobs run), blobs and drafts."""
    blobs = services.settings.data / "blobs"
    stored = sorted(str(path) for path in blobs.rglob("*") if path.is_file())
    tables = [table for table in METADATA.sorted_tables if table not in (jobs, tokens, workers)]
    rows = services.database.read_now(
        lambda tx: [tuple(map(tuple, tx.execute(select(table)))) for table in tables]
    )
    return stored, rows


def at_rest(services: Services) -> tuple[object, ...]:
    """The same, as soon as no upload is under way."""
    drafts, deadline = services.settings.data / "blobs" / "drafts", monotonic() + SETTLED_SECONDS
    while any(drafts.iterdir()):
        assert monotonic() < deadline
        sleep(0.01)
    return everything(services)


def nothing_has_changed(services: Services, before: tuple[object, ...]) -> None:
    """All is as it was *before*, as soon as the server has noticed that a client is gone."""
    deadline = monotonic() + SETTLED_SECONDS
    while everything(services) != before:
        assert monotonic() < deadline
        sleep(0.01)
