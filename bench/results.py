"""What was measured last, kept so that one workload can be measured again without the others."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bench.place import Place
from bench.table import Row


def keep(place: Place, workload: str, rows: list[Row]) -> None:
    """Remember the rows of one workload, in place of older ones."""
    found = _noted(place)
    found[workload] = {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "rows": [asdict(row) for row in rows],
    }
    (place.prepared / "results.json").write_text(json.dumps(found, indent=1))


def kept(place: Place, workload: str) -> tuple[str, list[Row]]:
    """When a workload was measured last, and its rows; empty if it never was."""
    found = _noted(place).get(workload)
    if found is None:
        return "", []
    return str(found["at"]), [Row(**row) for row in found["rows"]]


def _noted(place: Place) -> dict[str, dict[str, Any]]:
    file = place.prepared / "results.json"
    return dict(json.loads(file.read_text())) if file.exists() else {}
