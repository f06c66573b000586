"""Running: from a free port to the last answer under way, with one worker or several."""

import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from errno import EADDRINUSE
from functools import partial
from multiprocessing.process import BaseProcess
from types import FrameType

from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from index import errors, logs, metrics
from index.server.protocol import IndexProtocol
from index.settings import Settings
from storage.problems import Problem, Unavailable

KEEP_ALIVE_SECONDS = 75
"""How long a connection may be idle: longer than proxies keep theirs, so that they end it, and
longer than LINGER_SECONDS."""

ALLOCATIONS_BEFORE_COLLECTING = 50_000
"""After how many more objects than went Python looks for cycles among the young ones."""

Create = Callable[[Settings], ASGIApp]


def serve(settings: Settings, create: Create) -> int:
    """Answer requests with the app that *create* makes until told to stop; the exit code.

    `create` runs in each worker, so it has to be a function of a module. What keeps the index
    from starting is told on the standard error, and the code is then 1.
    """
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _stop)
    try:
        with _listening(settings) as listener:
            return _run(settings, create, listener)
    except Problem as problem:
        _tell(problem)
        return 1
    except SystemExit as stopped:
        return 1 if stopped.code else 0


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # Ours before uvicorn's handler stands and after it is gone. uvicorn ends by raising the signal
    # that it got once more; a clean stop is no failure, so that comes to an exit code of 0.
    raise SystemExit(0)


def _listening(settings: Settings) -> socket.socket:
    """The socket, open before anything else starts. Raises Unavailable with the reason."""
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == EADDRINUSE:
            said = f"Port {port} of {host} is in use by another program."
            raise Unavailable(said, hint="Stop that, or choose another with --port.") from error
        raise Unavailable(f"Cannot listen on {host} port {port}: {error.strerror}.") from error


def _run(settings: Settings, create: Create, listener: socket.socket) -> int:
    logs.configure(settings.log_format, sys.stderr)
    config = Config(
        partial(_application, settings, create),
        factory=True,
        http=IndexProtocol,
        ws="none",
        lifespan="on",
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.stop_seconds,
    )
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    ready = f"Bascule is serving on http://{name}:{listener.getsockname()[1]}\n"
    if settings.workers == 1:
        _Alone(config, ready).run([listener])
        return 0
    metrics.share_between_workers(settings.data / "metrics")
    supervisor = _Supervisor(config, [listener], ready)
    supervisor.run()
    return 1 if supervisor.failed else 0


def _application(settings: Settings, create: Create) -> ASGIApp:
    """What a worker answers with; ends the worker, with a sentence, if it cannot be made."""
    logs.configure(settings.log_format, sys.stderr)
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    try:
        app = create(settings)
        _collect_seldom()
        return app
    except Problem as problem:
        _tell(problem)
        sys.exit(STARTUP_FAILURE)


def _collect_seldom() -> None:
    # A page of 10,000 files makes 100,000 objects and no cycle: looking for some at every 700, as
    # Python does by itself, took a third of the time. What is here by now stays anyway.
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_BEFORE_COLLECTING)


def _end_after(parent: BaseProcess) -> None:
    # A supervisor that was killed stops nobody; its workers would hold the port for ever.
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _tell(problem: Problem) -> None:
    sys.stderr.write(f"{errors.in_a_line(problem)}\n")


def _say(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


class _Alone(Server):
    """One worker, in this process."""

    def __init__(self, config: Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        _say(self._ready)


class _Supervisor(Multiprocess):
    """Several workers, each with a Python of its own; one that dies is replaced."""

    failed = False

    def __init__(self, config: Config, sockets: list[socket.socket], ready: str) -> None:
        super().__init__(config, sockets)
        self._ready = ready
        self._is_ready = False

    def keep_subprocess_alive(self) -> None:
        """Watch over the workers: say when all of them answer, stop if one cannot start."""
        if self.should_exit.is_set():
            return
        if self._is_ready:
            super().keep_subprocess_alive()
        else:
            self._is_ready = self._wait_until_ready()
        self.failed = self.should_exit.is_set()

    def _wait_until_ready(self) -> bool:
        while not self.signal_queue:
            if not all(worker.process.is_alive() for worker in self.processes):
                self.should_exit.set()
                return False
            if all(worker.is_ready(timeout=1) for worker in self.processes):
                _say(self._ready)
                return True
            time.sleep(0.05)
        return False
