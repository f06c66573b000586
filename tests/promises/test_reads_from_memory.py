"""A read from memory is logged and counted, and its connection ends, as with any other read."""

import json
import re
from time import sleep

import pytest

from index.app import assemble
from index.settings import LogFormat
from tests.kit import wire
from tests.kit.logged import log_of
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

WHEEL = a_wheel("toasting", "1.0")
PAGE = b"GET /simple/toasting/ HTTP/1.1\r\nHost: x\r\n\r\n"


def test_a_connection_that_asks_for_nothing_more_is_closed(world: World, ann: Person):
    ann.uploads(WHEEL)
    with (
        wire.listening(assemble(world.services), keep_alive_seconds=1) as port,
        wire.connected(port) as connection,
    ):
        for _ in range(3):
            connection.sendall(PAGE)
            sleep(0.1)

        assert wire.statuses(wire.all_of(connection)) == [200, 200, 200]


def test_a_connection_that_goes_on_asking_stays_open(world: World, ann: Person):
    ann.uploads(WHEEL)
    with (
        wire.listening(assemble(world.services), keep_alive_seconds=1) as port,
        wire.connected(port) as connection,
    ):
        for _ in range(6):
            connection.sendall(PAGE)
            sleep(0.4)

        assert wire.statuses(wire.all_of(connection)) == [200] * 6


@pytest.mark.parametrize("style", LogFormat)
def test_a_read_from_memory_has_the_line_that_every_read_has(
    world: World, ann: Person, style: LogFormat
):
    ann.uploads(WHEEL)
    with log_of(style) as log:
        for _ in range(2):
            world.anyone.gets("/simple/toasting/", headers={"x-request-id": "0123456789abcdef"})

    made, kept = (_without_times(line) for line in log.getvalue().splitlines())
    assert made == kept
    assert "/simple/{project}/" in str(kept)


def test_what_is_answered_from_memory_is_counted(world: World, ann: Person):
    ann.uploads(WHEEL)
    counted = _pages_counted(world)

    for _ in range(5):
        assert world.anyone.gets("/simple/toasting/").status_code == 200

    assert _pages_counted(world) == [each + 5 for each in counted]


def _without_times(line: str) -> object:
    if line.startswith("{"):
        said = json.loads(line)
        assert said.pop("timestamp").endswith("Z")
        assert isinstance(said.pop("ms"), float)
        return said
    return re.sub(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z | ms=\d+\.\d\b", "", line)


def _pages_counted(world: World) -> list[float]:
    """How many pages were answered, and how many of them were timed."""
    said = world.anyone.gets("/metrics").text
    names = ('requests_total{route="/simple/{project}/",status="2xx"}',)
    names += ('request_seconds_count{route="/simple/{project}/"}',)
    found = [re.search(rf"^bascule_{re.escape(name)} (\S+)$", said, re.MULTILINE) for name in names]
    return [float(each[1]) if each else 0.0 for each in found]
