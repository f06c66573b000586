"""Purges: whoever keeps copies is told what to drop, a second after it changed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from packaging.utils import NormalizedName

from index import keys
from index.files.urls import Placed, file_url
from index.sending import due
from index.services import Services
from index.timestamps import utc
from storage import journal, outbox, purges
from storage.database import Transaction
from storage.outbox import Message, Way

SETTLES = timedelta(seconds=1)
"""How long after a change it is told: by then no node answers with what was before."""

MOST_PROJECTS = 200
MOST_FILES = 2_000
"""How much is named in one purge. What is more is everything."""

_OTHERS = [way for way in Way if way is not Way.PURGE]


def is_wanted(services: Services) -> bool:
    """Whether there is anything to tell, or to send now."""
    urls, at = services.settings.purge_urls, services.now()

    def ask(tx: Transaction) -> bool:
        return any(_is_behind(tx, url) or _waits(tx, url, at) for url in urls)

    return bool(urls) and services.database.read_now(ask)


def purge(services: Services) -> None:
    """Tell what changed since each was last told, and send what is due of it."""
    services.database.write_now(queue, services.settings.purge_urls, at=services.now())
    due.send_due(services, without=_OTHERS)


def queue(tx: Transaction, urls: Sequence[str], *, at: datetime) -> None:
    """Put into the outbox what each of these has not been told. It may be told twice.

    What it was to be told before and was not is in it too, and not sent by itself any more.
    """
    for url in urls:
        if not _is_behind(tx, url):
            continue
        told = outbox.newest_to(tx, Way.PURGE, url, outcome=outbox.SENT)
        unsent = outbox.newest_to(tx, Way.PURGE, url)
        if unsent is not None and unsent.ended_at is None:
            outbox.end(tx, unsent, outbox.PASSED_ON, at=at)
        data = _to_drop(tx, after=None if told is None else _serial(told))
        content = {"type": "cache.purge", "timestamp": utc(at), "data": data}
        due_at = at + SETTLES
        outbox.queue(tx, Way.PURGE, {url: content}, decision=None, at=at, due_at=due_at)


def _is_behind(tx: Transaction, url: str) -> bool:
    newest = outbox.newest_to(tx, Way.PURGE, url)
    return newest is None or purges.is_any(tx, after=_serial(newest))


def _waits(tx: Transaction, url: str, at: datetime) -> bool:
    newest = outbox.newest_to(tx, Way.PURGE, url)
    return newest is not None and newest.ended_at is None and newest.due_at <= at


def _serial(message: Message) -> int:
    serial: int = message.content["data"]["serial"]
    return serial


def _to_drop(tx: Transaction, *, after: int | None) -> dict[str, Any]:
    """What to drop, of what may have been kept since that serial; without one, everything."""
    data: dict[str, Any] = {"serial": journal.last_serial(tx), "everything": True}
    if after is None:
        return {**data, "keys": [], "paths": []}
    projects = purges.changed(tx, after=after, limit=MOST_PROJECTS + 1)
    given_out = [name for name, files_too in projects.items() if files_too]
    files = purges.files_of(tx, given_out, limit=MOST_FILES + 1)
    if len(projects) > MOST_PROJECTS or len(files) > MOST_FILES:
        return {**data, "keys": [], "paths": []}
    return {
        **data,
        "everything": False,
        "keys": [
            keys.INDEX,
            *map(keys.of_project, projects),
            *map(keys.of_files, given_out),
        ],
        "paths": ["/simple/", *_pages(projects), *_files(files)],
    }


def _pages(names: Iterable[NormalizedName]) -> Iterator[str]:
    for name in names:
        yield f"/simple/{name}/"
        yield f"/legacy/+simple/{name}/"


def _files(rows: Iterable[Placed]) -> Iterator[str]:
    for row in rows:
        url = file_url(row, "/packages/")
        # A local version is asked for in both spellings (S7).
        for spelling in dict.fromkeys((url, url.replace("%2B", "+"))):
            yield spelling
            yield f"{spelling}.metadata"
