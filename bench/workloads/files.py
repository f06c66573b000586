"""Files: metadata and small wheels from memory, large ones, and large ones that nginx sends."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.asking import Unexpected, get
from bench.corpus import LARGE, LARGE_BYTES, PAGE, SMALL, SMALL_BYTES, part
from bench.load import wrk
from bench.peers import nginx, ours
from bench.peers.filling import prepared
from bench.servers import Running
from bench.stage import Bench, Workload, contest, stage
from bench.table import OURS, Bound, Row, Target, compared

LARGE_SECONDS = 5
"""How long a go of large files lasts, at least: so that some of them come whole."""

_HOT = {"nginx": Target(bound=Bound.AT_LEAST, value=0.7)}
_LARGE = {"nginx": Target(bound=Bound.AT_LEAST, value=0.8)}


def _hot(name: str, part_name: str, project: str, suffix: str = "") -> Callable[[Bench], list[Row]]:
    targets = _LARGE if project == LARGE else _HOT

    def run(bench: Bench) -> list[Row]:
        with (
            bench.place.scratch() as scratch,
            stage(bench, scratch, [part_name], ("nginx",)) as standing,
        ):
            path = _path(part_name, project, bench) + suffix
            figures = contest(standing, lambda _name, server: _rate(bench, server, path))
        return compared(name, figures, unit="/s", targets=targets)

    return run


def _offloaded(bench: Bench) -> list[Row]:
    """The same file from nginx alone, and from nginx that is told by us to send it."""
    with (
        bench.place.scratch() as scratch,
        stage(bench, scratch, [LARGE], ("nginx",), settings=ours.OFFLOAD_TO_NGINX) as standing,
        ExitStack() as stack,
    ):
        contenders = dict(standing)
        if isinstance(backend := standing[OURS], Running):
            contenders[OURS] = stack.enter_context(_before(bench, backend, scratch))
        path = _path(LARGE, LARGE, bench)
        figures = contest(contenders, lambda _name, server: _rate(bench, server, path))
    return compared("wheel-50m-offload", figures, unit="/s", targets=_LARGE)


@contextmanager
def _before(bench: Bench, backend: Running, scratch: Path) -> Iterator[Running]:
    blobs = prepared(bench.place, [part(LARGE, quick=bench.place.quick)]) / "blobs"
    with nginx.before([backend], blobs, scratch) as server:
        yield server


def _path(part_name: str, project: str, bench: Bench) -> str:
    """The address of a project's first file, the same at ours and at nginx."""
    archive = next(part(part_name, quick=bench.place.quick).projects[project]())
    return f"/packages/{archive.sha256}/{archive.filename}"


def _rate(bench: Bench, server: Running, path: str) -> float:
    answer = get(server, path)
    if len(answer.body) == 0:
        raise Unexpected("The file is empty.")
    is_large = len(answer.body) >= LARGE_BYTES
    seconds = max(bench.seconds, LARGE_SECONDS) if is_large else bench.seconds
    return wrk(server, path, seconds=seconds).per_second


WORKLOADS = (
    Workload(
        name="metadata",
        sentence="The `.metadata` of one wheel, again and again.",
        run=_hot("metadata", "crowd", PAGE, ".metadata"),
    ),
    Workload(
        name="wheel-100k",
        sentence=f"One wheel of {SMALL_BYTES // 1024} KiB, again and again.",
        run=_hot("wheel-100k", SMALL, SMALL),
    ),
    Workload(
        name="wheel-50m",
        sentence=f"One wheel of {LARGE_BYTES >> 20} MiB, again and again.",
        run=_hot("wheel-50m", LARGE, LARGE),
    ),
    Workload(
        name="wheel-50m-offload",
        sentence=(
            "The same wheel through an nginx before us, which we tell by `X-Accel-Redirect` to "
            "send it; against nginx alone."
        ),
        run=_offloaded,
    ),
)
