"""Pages that nothing has changed: a hit, a 304, HTML in gzip, and a hit without the fast lane."""

from collections.abc import Mapping

from bench.asking import HTML, JSON, Unexpected, get
from bench.corpus import PAGE
from bench.load import wrk
from bench.peers import ours
from bench.servers import Running
from bench.stage import Bench, Workload, contest, stage
from bench.table import Bound, Row, Target, compared

AS_NGINX = {"nginx": Target(bound=Bound.AT_LEAST, value=0.7)}
_JSON_TARGETS = {
    **AS_NGINX,
    "simple-repository-server": Target(bound=Bound.AT_LEAST, value=60),
    "devpi-server": Target(bound=Bound.AT_LEAST, value=80),
}
_ASGI_TARGETS = {"nginx": Target(bound=Bound.AT_LEAST, value=0.25)}
_EVERYONE = ("nginx", "devpi-server", "simple-repository-server", "pypiserver")


def page_path(name: str, server: Running, representation: str, project: str = PAGE) -> str:
    """Where a contender has the page: nginx has the file of each representation apart."""
    return f"/{representation}/{project}" if name == "nginx" else server.page(project)


def _hit(bench: Bench) -> list[Row]:
    return _pages(bench, "page-json", "json", JSON, targets=_JSON_TARGETS, peers=_EVERYONE)


def _html_gzip(bench: Bench) -> list[Row]:
    headers = {**HTML, "Accept-Encoding": "gzip"}
    return _pages(bench, "page-html-gzip", "html", headers, targets=AS_NGINX)


def _without_fast_lane(bench: Bench) -> list[Row]:
    return _pages(
        bench, "page-asgi", "json", JSON, targets=_ASGI_TARGETS, settings=ours.FAST_LANE_OFF
    )


def _pages(
    bench: Bench,
    workload: str,
    representation: str,
    headers: Mapping[str, str],
    *,
    targets: Mapping[str, Target],
    peers: tuple[str, ...] = ("nginx",),
    settings: Mapping[str, str] | None = None,
) -> list[Row]:
    def measure(name: str, server: Running) -> float:
        path = page_path(name, server, representation)
        answer = get(server, path, headers)
        if "gzip" in headers.get("Accept-Encoding", "") and (
            answer.headers.get("content-encoding") != "gzip"
        ):
            raise Unexpected("The answer is not compressed.")
        return wrk(server, path, seconds=bench.seconds, headers=headers).per_second

    with (
        bench.place.scratch() as scratch,
        stage(bench, scratch, ["crowd"], peers, settings=settings) as standing,
    ):
        return compared(workload, contest(standing, measure), unit="/s", targets=targets)


def _not_modified(bench: Bench) -> list[Row]:
    def measure(name: str, server: Running) -> float:
        path = page_path(name, server, "json")
        known = {**JSON, "If-None-Match": get(server, path, JSON).headers.get("etag", "")}
        if get(server, path, known).status != 304:
            raise Unexpected("It does not answer 304.")
        return wrk(server, path, seconds=bench.seconds, headers=known).per_second

    with bench.place.scratch() as scratch, stage(bench, scratch, ["crowd"], _EVERYONE) as standing:
        return compared("page-304", contest(standing, measure), unit="/s", targets=AS_NGINX)


WORKLOADS = (
    Workload(
        name="page-json",
        sentence="The JSON page of a project of 10 files, that nobody changes.",
        run=_hit,
    ),
    Workload(
        name="page-304",
        sentence="The same, asked with `If-None-Match` and the ETag that the contender gave.",
        run=_not_modified,
    ),
    Workload(
        name="page-html-gzip",
        sentence="The HTML page of the project, compressed; nginx has it ready (`gzip_static`).",
        run=_html_gzip,
    ),
    Workload(
        name="page-asgi",
        sentence="The JSON page again, with our fast lane off: what any ASGI server gives.",
        run=_without_fast_lane,
    ),
)
