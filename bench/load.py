"""Load: many requests for one address at a time, by wrk."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from bench.asking import Unexpected
from bench.place import program
from bench.servers import Running

CONNECTIONS = 16
WRK_TIMEOUT_SECONDS = 120
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What wrk found in one go."""

    per_second: float
    requests: int
    p99_seconds: float


def wrk(
    server: Running,
    path: str,
    *,
    seconds: float,
    headers: Mapping[str, str] | None = None,
    connections: int = CONNECTIONS,
) -> Measured:
    """How often a server answers GET *path* in *seconds*, from one thread, kept alive.

    Raises Missing without wrk, and Unexpected if any answer was an error.
    """
    command = [program("wrk", apt="wrk"), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s"]
    command += ["--latency", "--timeout", f"{WRK_TIMEOUT_SECONDS}s"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run(
        [*command, server.url + path], capture_output=True, text=True, check=False
    ).stdout
    return understood(said)


def understood(said: str) -> Measured:
    """What wrk printed. Raises Unexpected if it saw errors or nothing."""
    for fault in (r"Non-2xx or 3xx responses: \d+", r"Socket errors: .*[1-9].*"):
        if found := re.search(fault, said):
            raise Unexpected(f"wrk saw errors ({found[0].strip()}).")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    requests = re.search(r"(\d+) requests in", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", said)
    if rate is None or requests is None or p99 is None or int(requests[1]) == 0:
        raise Unexpected("wrk got no answer in its time.")
    return Measured(
        per_second=float(rate[1]),
        requests=int(requests[1]),
        p99_seconds=float(p99[1]) * _UNITS[p99[2]],
    )
