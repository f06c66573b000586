"""Who may no longer act does not act, also when the request began while they still might."""

import threading
from collections.abc import Iterator

import httpx2
import pytest

from tests.kit.live import Server, a_server
from tests.kit.makers import a_wheel

TOAST = a_wheel("toasting")
LATER = a_wheel("toasting", "2.0")
HOLD = b'{"act": "hold", "subjects": ["project:toasting"], "reason": "Because."}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server: what comes slowly has to come over a real connection."""
    with a_server(tmp_path_factory.mktemp("index")) as running:
        yield running


def test_who_is_suspended_while_the_body_comes_decides_nothing(server: Server):
    server.publish(server.a_token("ann"), TOAST)
    bea = server.a_token("bea", role="moderator", scope="moderate")

    with HalfSent(f"{server.url}/api/moderation/decisions", bea, HOLD, {}) as asking:
        server.bascule("hold", "account:bea", "--reason", "Her token was stolen.")
        answer = asking.finished()

    assert (answer.status_code, answer.reason_phrase[:27]) == (403, "Your account is suspended: ")
    assert TOAST.filename in httpx2.get(f"{server.url}/simple/toasting/").text


def test_whose_token_is_revoked_while_the_file_comes_publishes_nothing(server: Server):
    token = server.a_token("carl")
    token_id = server.bascule("token", "list", "carl").split()[0]
    form = httpx2.Request(
        "POST",
        server.url,
        data=dict(a_wheel("carls").fields()),
        files={"content": (a_wheel("carls").filename, a_wheel("carls").content)},
    )
    kind = {"content-type": form.headers["content-type"]}

    with HalfSent(f"{server.url}/legacy/", token, form.read(), kind) as uploading:
        server.bascule("token", "revoke", token_id)
        answer = uploading.finished()

    assert answer.status_code == 401
    assert httpx2.get(f"{server.url}/simple/carls/").status_code == 404


class HalfSent:
    """A request of which half is on the wire, until it is *finished*."""

    def __init__(self, url: str, token: str, body: bytes, headers: dict[str, str]) -> None:
        self._sent, self._go_on = threading.Event(), threading.Event()
        self._answers: list[httpx2.Response] = []
        headers = {"authorization": f"Bearer {token}", **headers}
        self._thread = threading.Thread(target=self._ask, args=(url, body, headers))

    def __enter__(self) -> "HalfSent":
        self._thread.start()
        assert self._sent.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._go_on.set()
        self._thread.join()

    def finished(self) -> httpx2.Response:
        self._go_on.set()
        self._thread.join()
        return self._answers[0]

    def _ask(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        self._answers.append(httpx2.post(url, content=self._halves(body), headers=headers))

    def _halves(self, body: bytes) -> Iterator[bytes]:
        yield body[: len(body) // 2]
        self._sent.set()
        self._go_on.wait(60)
        yield body[len(body) // 2 :]
