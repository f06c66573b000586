"""What an operator may rely on when the server starts, runs and stops."""

import signal
import socket
import time
from pathlib import Path

import pytest

from tests.kit.wire import PATIENCE_SECONDS, all_of, connected, get, ready, served


def test_the_server_says_once_when_it_is_ready(tmp_path):
    with served(tmp_path, "create") as server:
        line = server.stdout.readline()
        port = int(line.rpartition(":")[2])
        assert get(port, "/worker") == str(server.pid)
        server.terminate()

        assert (line, server.stdout.read()) == (
            f"Bascule is serving on http://127.0.0.1:{port}\n",
            "",
        )


@pytest.mark.parametrize(("workers", "sign"), [(1, signal.SIGINT), (2, signal.SIGTERM)])
def test_a_stop_finishes_the_requests_under_way(tmp_path, workers, sign):
    with ready(tmp_path, WORKERS=workers) as (server, port), connected(port) as connection:
        connection.sendall(b"GET /slow/1 HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        server.send_signal(sign)

        assert all_of(connection).endswith(b"\r\n\r\nslept")
        assert server.wait(PATIENCE_SECONDS) == 0


def test_a_stop_does_not_wait_for_ever(tmp_path):
    with ready(tmp_path, STOP_SECONDS=1) as (server, port), connected(port) as connection:
        connection.sendall(b"GET /slow/60 HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        server.terminate()

        assert server.wait(PATIENCE_SECONDS) == 0


def test_a_port_in_use_is_told_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with served(tmp_path, "create", PORT=port) as server:
            out, err = server.communicate(timeout=PATIENCE_SECONDS)

    assert (server.returncode, out, err) == (
        1,
        "",
        f"Port {port} of 127.0.0.1 is in use by another program. "
        "Stop that, or choose another with --port.\n",
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_what_keeps_the_index_from_starting_is_told(tmp_path, workers):
    with served(tmp_path, "create_nothing", WORKERS=workers) as server:
        out, err = server.communicate(timeout=PATIENCE_SECONDS)

    said = "The database is newer than this program. Install a newer Bascule."
    assert (server.returncode, out, {said} & set(err.splitlines())) == (1, "", {said})


def test_two_workers_answer_and_count_together_from_nought(tmp_path):
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "counter_1.db").write_bytes(b"left by an earlier run")
    with ready(tmp_path, WORKERS=2) as (server, port):
        seen = set()
        asked = 0
        while len(seen) < 2 and asked < 1000:
            seen.add(get(port, "/worker"))
            asked += 1

        assert len(seen - {str(server.pid)}) == 2
        counted = f'bascule_requests_total{{route="/worker",status="2xx"}} {asked}.0'
        assert counted in get(port, "/metrics").splitlines()


def test_workers_end_when_what_started_them_is_killed(tmp_path):
    with ready(tmp_path, WORKERS=2) as (server, port):
        worker = int(get(port, "/worker"))
        server.kill()
        server.wait()

        deadline = time.monotonic() + PATIENCE_SECONDS
        while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    assert not Path(f"/proc/{worker}").exists()
