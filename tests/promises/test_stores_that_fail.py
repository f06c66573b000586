"""An object store that is away, stands still, lets nobody in, or belongs to another index."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from storage.records import Role, Scope
from tests.kit.makers import a_wheel
from tests.kit.objects import ObjectStore, environment
from tests.kit.terminal import Terminal
from tests.kit.wire import PATIENCE_SECONDS
from tests.kit.world import a_world

SMALL = a_wheel("crumpet")
OURS = ["index-id", "writable"]
"""What lies beside the blobs."""
AWAY = (
    "The object store of the index cannot be reached at the moment. Whoever runs it finds what to "
    "check in docs/operators/object-stores.md."
)


def test_while_the_store_is_away_it_is_said_and_the_rest_goes_on(template: Path, tmp_path: Path):
    with a_world(tmp_path / "away", template, **elsewhere("http://127.0.0.1:1")) as there:
        refused = there.somebody("ann").uploads(SMALL)
        ready = there.anyone.gets("/readyz")

        assert (refused.status_code, refused.text) == (503, AWAY)
        assert refused.headers["retry-after"] == "5"
        assert (ready.status_code, ready.text) == (503, AWAY)
        assert there.anyone.gets("/simple/").status_code == 200
        assert there.anyone.gets(f"/simple/{SMALL.name}/").status_code == 404


def test_a_store_that_stands_still_keeps_nobody_from_deciding(template: Path, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as thread:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with a_world(tmp_path / "still", template, **elsewhere(endpoint)) as there:
            ann = there.somebody("ann")
            bea = there.somebody("bea", role=Role.MODERATOR, scope=Scope.MODERATE)
            refused = thread.submit(ann.uploads, SMALL)
            silent.settimeout(PATIENCE_SECONDS)
            asking, _ = silent.accept()

            assert bea.decides("hold", "account:ann").status_code == 201
            assert not refused.done()
            asking.close()
            assert (refused.result().status_code, refused.result().text) == (503, AWAY)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"blobs_key": "wrong"}, "The object store of the index does not let the index in."),
        ({"blobs_url": "s3://of-nobody/x"}, "The bucket of the index is not there."),
    ],
    ids=["wrong key", "no bucket"],
)
def test_a_server_that_cannot_write_to_its_bucket_does_not_start(
    objects: ObjectStore, tmp_path: Path, other: dict[str, str], told: str
):
    for word in ("migrate", "serve"):
        its = environment(objects.settings | other)
        assert Terminal(tmp_path).refuses(word, env=its).startswith(told)


def test_no_index_uses_the_bucket_of_another(objects: ObjectStore, tmp_path: Path):
    its, url = objects.environment, objects.settings["blobs_url"]
    Terminal(tmp_path / "one").says("migrate", env=its)
    assert objects.objects() == OURS

    assert Terminal(tmp_path / "two").refuses("migrate", env=its) == (
        f"The blobs in {url} belong to another index. If they are of this one, remove "
        f"{url}/index-id and run bascule migrate."
    )
    assert "Removed 0 blobs" in Terminal(tmp_path / "one").says("sweep", env=its)


def elsewhere(endpoint: str) -> dict[str, str]:
    """The settings of an index whose store is, or is not, at that address."""
    where = {"blobs_url": "s3://bucket/x", "blobs_endpoint": endpoint}
    return {**where, "blobs_key_id": "bascule", "blobs_key": "secret"}


def test_a_store_that_signs_nothing_gives_no_redirects(tmp_path: Path):
    with a_careless_store() as endpoint:
        where = {"blobs_url": "s3://bucket/x", "blobs_endpoint": endpoint}
        its = environment({**where, "offload": "redirect"})
        told = Terminal(tmp_path).refuses("serve", env={**its, "AWS_SKIP_SIGNATURE": "true"})

    assert told == (
        "BASCULE_OFFLOAD is redirect, but the object store signs no URLs for this index. "
        "It needs a key that can sign; or set BASCULE_OFFLOAD to off."
    )


@contextmanager
def a_careless_store() -> Iterator[str]:
    """A store that takes everything from everybody, and forgets it."""

    class Careless(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self._answer(200)

        def do_GET(self) -> None:
            self._answer(404)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("etag", '"1"')
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
