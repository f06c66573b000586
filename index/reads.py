"""Reads from memory, counted and logged at the end of the loop's turn, all of a turn at once."""

import asyncio
import time
from collections import defaultdict

from index import logs, metrics
from index.prepared import Prepared


class Reads:
    """What the fast lane answered and nobody has noted yet. For one thread."""

    def __init__(self, *, logged: bool) -> None:
        self._logged = logged
        self._waits = False
        self._tallies: defaultdict[tuple[str, int], list[float]] = defaultdict(lambda: [0, 0.0])
        self._lines: list[logs.Read] = []

    def note(
        self, answer: Prepared, method: str, path: str, request_id: str, seconds: float
    ) -> None:
        """Count a request, and write its line, soon."""
        if seconds < metrics.AT_ONCE_SECONDS:
            tally = self._tallies[answer.route, answer.status]
            tally[0] += 1
            tally[1] += seconds
        else:
            metrics.answered(answer.route, answer.status, seconds)
        if self._logged:
            size = len(answer.body) if method == "GET" else 0
            what = (method, path, answer.route, answer.status)
            self._lines.append(logs.Read(time.time(), *what, seconds, size, request_id))
        if not self._waits:
            self._waits = True
            asyncio.get_running_loop().call_soon(self.settle)

    def settle(self) -> None:
        """Note all that waits for it."""
        self._waits = False
        for (route, status), (times, seconds) in self._tallies.items():
            metrics.answered_at_once(route, status, int(times), seconds)
        self._tallies.clear()
        if self._lines:
            logs.write_reads(self._lines)
            self._lines.clear()
