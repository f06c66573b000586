"""Whether the index is ready is found out once a second, whoever asks and however often."""

import errno
from dataclasses import replace

from sqlalchemy import event, text
from starlette.testclient import TestClient

from index.app import assemble
from index.readiness import Readiness
from storage.blobs.memory import MemoryBlobs
from tests.kit.world import Person, World


def test_passers_by_take_the_lock_once_a_second(world: World, anyone: Person):
    taken: list[str] = []
    database = world.services.database
    event.listen(
        database.engine, "before_cursor_execute", lambda _c, _k, sql, *_: taken.append(sql)
    )

    for _ in range(5):
        assert anyone.gets("/readyz").text == "ready\n"
    once = taken.count(database.kind.WRITE)
    world.clock.passes(seconds=1)
    anyone.gets("/readyz")

    assert (once, taken.count(database.kind.WRITE)) == (1, 2)


class Crowded(MemoryBlobs):
    """A store that finds no file left to open, once."""

    was_asked = False

    def check_writable(self) -> None:
        if not self.was_asked:
            self.was_asked = True
            raise OSError(errno.EMFILE, "Too many open files")


def test_an_index_that_is_busy_is_not_ready_for_a_second(world: World):
    services = replace(world.services, blobs=Crowded(), readiness=Readiness())
    with TestClient(assemble(services)) as client:
        answers = [client.get("/readyz") for _ in range(2)]
        world.clock.passes(seconds=1)
        answers.append(client.get("/readyz"))

    busy = "The index is busy: it has no file left to open."
    assert [(answer.status_code, answer.text) for answer in answers] == [
        (503, busy),
        (503, busy),
        (200, "ready\n"),
    ]


def test_an_older_schema_is_told(world: World, anyone: Person):
    sql = text("UPDATE alembic_version SET version_num = '0001'")
    world.services.database.write_now(lambda tx: tx.execute(sql))

    answer = anyone.gets("/readyz")

    assert (answer.status_code, answer.text) == (
        503,
        "The database has not the schema of this release. Run bascule migrate.",
    )
