"""A real server in a process of its own, with a folder of its own, for clients to talk to."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import httpx2

from tests.kit.makers import Archive
from tests.kit.source import ROOT

START_SECONDS = 60
STOP_SECONDS = 60
COMMAND_SECONDS = 60

READY = re.compile(r"Bascule is serving on (http://\S+)")
ANSWERED = re.compile(r" info (GET|HEAD|POST) (\S+) (\d{3}) ")
OWN_REQUEST = "/simple/until-"
BASCULE = (sys.executable, "-m", "index.cli.main")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that is running, or was, and the lines that it has said so far."""

    url: str
    folder: Path
    process: subprocess.Popen[str]
    environment: Mapping[str, str] = field(repr=False)
    lines: list[str] = field(repr=False)

    def bascule(self, *arguments: str, typed: str = "") -> str:
        """What a command, such as `status`, prints about the folder of this server."""
        answer = subprocess.run(
            [*BASCULE, *arguments, "--data", str(self.folder)],
            cwd=ROOT,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer.stdout

    def a_token(self, name: str, *, role: str = "uploader", scope: str = "upload") -> str:
        """Make an account, and a token of it."""
        self.bascule("account", "add", name, "--role", role)
        return self.bascule("token", "add", name, "--scope", scope).strip()

    def publish(self, token: str, *archives: Archive) -> None:
        """Upload archives over one connection, as a correct client does."""
        with httpx2.Client(auth=("__token__", token), timeout=COMMAND_SECONDS) as client:
            for archive in archives:
                form: dict[str, list[str]] = {}
                for key, value in archive.fields():
                    form.setdefault(key, []).append(value)
                content = {"content": (archive.filename, archive.content)}
                answer = client.post(f"{self.url}/legacy/", data=form, files=content)
                assert answer.status_code == 200, answer.text

    def answered(self) -> list[tuple[str, str, int]]:
        """Every request until now but its own, in order: method, path and status."""
        own = f"{OWN_REQUEST}{len(self.lines)}/"
        httpx2.get(self.url + own)
        deadline = monotonic() + COMMAND_SECONDS
        while not any(own in line for line in self.lines):
            assert monotonic() < deadline, "The log does not show the last request."
            sleep(0.01)
        found = [match.groups() for line in self.lines if (match := ANSWERED.search(line))]
        return [
            (method, path, int(status))
            for method, path, status in found
            if not path.startswith(OWN_REQUEST)
        ]


@contextmanager
def a_server(
    folder: Path,
    *,
    command: Sequence[str] = (*BASCULE, "serve"),
    start_seconds: float = START_SECONDS,
    **settings: str,
) -> Iterator[Server]:
    """A server on a free port, stopped at the end; started again, it finds the same folder.

    A setting is named as in `index/settings.py`: `a_server(folder, read="accounts")`. Fails if the
    server does not start, or does not stop cleanly when it is told to. One that the test itself has
    killed need not.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BASCULE_")},
        **{f"BASCULE_{name.upper()}": value for name, value in settings.items()},
    }
    process = _begin([*command, "--data", str(folder), "--port", "0"], environment)
    lines: list[str] = []
    settled = Event()
    listener = Thread(target=_listen, args=(process, lines, settled))
    listener.start()
    try:
        settled.wait(start_seconds)
        ready = [found[1] for found in map(READY.search, lines) if found]
        assert ready, f"The server did not start.\n{''.join(lines)}"
        url = ready[0].rstrip("/")
        yield Server(url=url, folder=folder, process=process, environment=environment, lines=lines)
        if process.poll() is None:
            process.terminate()
            code = process.wait(STOP_SECONDS)
            assert code == 0, f"The server stopped with {code}.\n{''.join(lines)}"
    finally:
        process.kill()
        process.wait()
        listener.join()


def _begin(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _listen(process: subprocess.Popen[str], lines: list[str], settled: Event) -> None:
    """Keep every line; *settled* when the server is ready, or has ended without being it."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            lines.append(line)
            if READY.search(line):
                settled.set()
    settled.set()
