"""What is counted, for `GET /metrics`; right with one worker and with several."""

import os
from functools import cache
from pathlib import Path
from typing import Any

from anyio import to_thread
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

_SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus-client looks, when it is imported, for the folder that workers share."""

AT_ONCE_SECONDS = 0.001
"""What took less is in the first bucket."""

disable_created_metrics()  # type: ignore[no-untyped-call]

# Labels are route templates, classes of status and acts: there are only so many of each.
_REQUESTS = Counter("bascule_requests", "Requests answered.", ["route", "status"])
_SECONDS = Histogram(
    "bascule_request_seconds",
    "Seconds from the head of a request to the end of its answer.",
    ["route"],
    buckets=(AT_ONCE_SECONDS, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60),
)
_UPLOADED = Counter("bascule_upload_bytes", "Bytes of the files that were accepted.")
_DECISIONS = Counter("bascule_decisions", "Decisions made.", ["act"])


def answered(route: str, status: int, seconds: float) -> None:
    """Count one request. *route* is the template of a route, not a path."""
    _REQUESTS.labels(route, f"{status // 100}xx").inc()
    _SECONDS.labels(route).observe(seconds)


def answered_at_once(route: str, status: int, times: int, seconds: float) -> None:
    """Count so many requests that each took less than AT_ONCE_SECONDS, and *seconds* together."""
    counter, total, bucket = _at_once(route, status)
    counter.inc(times)
    total.inc(seconds)
    bucket.inc(times)


@cache
def _at_once(route: str, status: int) -> tuple[Any, Any, Any]:
    # The library has no way to observe many at once, and finding these takes it microseconds.
    histogram: Any = _SECONDS.labels(route)
    return _REQUESTS.labels(route, f"{status // 100}xx"), histogram._sum, histogram._buckets[0]


def uploaded(size_bytes: int) -> None:
    """Count the bytes of a file that was accepted."""
    _UPLOADED.inc(size_bytes)


def decided(act: str) -> None:
    """Count a decision."""
    _DECISIONS.labels(act).inc()


async def show(_request: Request) -> Response:
    """Everything counted since the start, by all workers together, in Prometheus' text format."""
    content = await to_thread.run_sync(_all_together)
    return Response(content, headers={"content-type": CONTENT_TYPE_LATEST})


def _all_together() -> bytes:
    if _SHARED not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def share_between_workers(folder: Path) -> None:
    """Let workers that are started from now on count in *folder*, from nought.

    Call it in the process that starts them, when no other server uses the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink(missing_ok=True)
    os.environ[_SHARED] = str(folder)
