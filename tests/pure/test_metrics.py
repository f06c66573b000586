"""What is counted beside requests."""

import asyncio
import re

import pytest
from starlette.requests import Request

from index import metrics


@pytest.mark.parametrize(
    ("count", "line", "more"),
    [
        (lambda: metrics.uploaded(1234), "bascule_upload_bytes_total", 1234),
        (lambda: metrics.decided("hold"), 'bascule_decisions_total{act="hold"}', 1),
    ],
)
def test_what_is_counted_is_shown(count, line, more):
    before = _shown(line)

    count()

    assert _shown(line) - before == more


def _shown(line: str) -> float:
    body = asyncio.run(metrics.show(Request({"type": "http"}))).body.decode()
    values = re.findall(rf"^{re.escape(line)} (\S+)$", body, re.MULTILINE)
    return float(values[0]) if values else 0.0
