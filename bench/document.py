"""The page `docs/benchmarks.md`: the table, how each row came to be, and on what machine."""

import os
import platform
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench import results
from bench.place import ROOT, Place
from bench.stage import SECONDS
from bench.table import as_markdown
from bench.turns import ROUNDS
from bench.workloads import ALL

PAGE = ROOT / "docs" / "benchmarks.md"

TEXT = Path(__file__).with_name("document.txt")


def write(place: Place, versions: Mapping[str, str]) -> None:
    """Write the page from what was measured last of every workload."""
    measured = {each.name: results.kept(place, each.name) for each in ALL}
    rows = [row for _at, found in measured.values() for row in found]
    how = [
        f"- **{each.name}** ({measured[each.name][0] or 'not measured yet'}): {each.sentence}\n"
        for each in ALL
    ]
    PAGE.write_text(
        TEXT.read_text(encoding="utf-8").format(
            date=f"{datetime.now(UTC):%Y-%m-%d}",
            commit=_commit(),
            rounds=ROUNDS,
            seconds=SECONDS,
            table=as_markdown(rows),
            how="".join(how),
            versions="".join(f"- {line}\n" for line in [*_machine(), *_listed(versions)]),
        ),
        encoding="utf-8",
    )


def _listed(versions: Mapping[str, str]) -> list[str]:
    return [f"{name} {version}" for name, version in versions.items()]


def _machine() -> list[str]:
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return [
        f"{os.cpu_count()} cores, {model[1] if model else platform.machine()}, {memory:.0f} GiB",
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    ]


def _commit() -> str:
    answer = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"`{answer.stdout.strip() or 'an unknown commit'}`"
