"""The list of projects as it should be: read and rendered from nothing, whatever came before."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import event
from starlette.testclient import TestClient

from index.app import assemble, compose
from index.ready import Ready
from index.simple import render
from index.simple.negotiation import Representation
from index.simple.root import Root
from storage import listed, projects
from storage.database import Transaction
from tests.kit.world import JSON, SITE, Person, World


def from_scratch(world: World, representation: Representation) -> Ready:
    """The whole list, made for nobody else."""

    def ask(tx: Transaction) -> Ready:
        every = [each for some in listed.everything(tx, at=world.clock()) for each in some]
        return render.projects(every, representation, serial=listed.as_of(tx))

    return world.asks_rows(ask)


def names_listed(person: Person) -> list[str]:
    """The projects that somebody is told of."""
    answer = person.gets("/simple/", headers={"accept": JSON})
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["projects"]]


def fill(world: World, names: list[str]) -> None:
    """Let there be these projects, without a file."""

    def add(tx: Transaction) -> None:
        for name in names:
            projects.add(tx, name=name, spelled=name, skeleton=name, waited=False, at=world.clock())

    world.services.database.write_now(add)


@contextmanager
def with_a_long_list(world: World, *, running: bool = True) -> Iterator[World]:
    """Another server of the same index, for which every list is long; *running* as ASGI says."""
    services = replace(compose(world.services.settings), now=world.clock)
    services = replace(services, root=Root(services.database, services.watch, small=0))
    client = TestClient(assemble(services), base_url=SITE, follow_redirects=False)
    if not running:
        yield replace(world, services=services, client=client)
        services.database.close()
        return
    with client:
        yield replace(world, services=services, client=client)


@contextmanager
def readings(world: World) -> Iterator[list[str]]:
    """Every statement meanwhile that reads projects for the list."""
    found: list[str] = []

    def note(_c: object, _cursor: object, sql: str, _p: Any, _x: object, _m: object) -> None:
        if "AS shown" in sql or "a_part" in sql:
            found.append(sql)

    engine = world.services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
