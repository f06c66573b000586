"""The corpus: the same projects and files for every server."""

import io
import os
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.kit.makers import Archive, a_record, a_wheel, a_zip

PAGE = "crowd-007"
"""The project whose page is asked for, unless a workload says otherwise: it has 10 files."""

FILES_PER_PROJECT = 10
CROWD = 500
CROWD_QUICK = 20
GRAPH = 60
SMALL_BYTES = 100 * 1024
LARGE_BYTES = 50 << 20

SMALL = "small"
LARGE = "large"
THOUSAND = "thousand-files"
TEN_THOUSAND = "ten-thousand-files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Projects that are put into a server together, because some workload asks for them."""

    name: str
    projects: Mapping[str, Callable[[], Iterator[Archive]]]

    def archives(self) -> Iterator[Archive]:
        """Every file of every project."""
        for make in self.projects.values():
            yield from make()


def part(name: str, *, quick: bool) -> Part:
    """The part of that name: crowd, graph, small, large, or a project with thousands of files."""
    if name == "crowd":
        names = [f"crowd-{number:03}" for number in range(CROWD_QUICK if quick else CROWD)]
        return Part(
            name=name, projects={each: _releases(each, FILES_PER_PROJECT) for each in names}
        )
    if name == "graph":
        return Part(
            name=name, projects={_node(number): _graphed(number) for number in range(GRAPH)}
        )
    made = {
        SMALL: _padded(SMALL, SMALL_BYTES),
        LARGE: _padded(LARGE, LARGE_BYTES),
        THOUSAND: _built(THOUSAND, 100 if quick else 1_000),
        TEN_THOUSAND: _built(TEN_THOUSAND, 1_000 if quick else 10_000),
    }
    return Part(name=name, projects={name: made[name]})


def write(part: Part, folder: Path) -> None:
    """Put every file of *part* into the folder of its project below *folder*."""
    for project, make in part.projects.items():
        place = folder / project
        place.mkdir(parents=True, exist_ok=True)
        for archive in make():
            (place / archive.filename).write_bytes(archive.content)


def a_large_wheel(name: str, version: str, *, size_bytes: int) -> Archive:
    """A wheel of noise, another one each time, which is stored because nothing compresses it."""
    small = a_wheel(name, version, files={})
    with zipfile.ZipFile(io.BytesIO(small.content)) as opened:
        members = {each: opened.read(each) for each in opened.namelist()}
    record = next(each for each in members if each.endswith("RECORD"))
    members = {f"{name}/noise.bin": os.urandom(size_bytes), **members}
    del members[record]
    members[record] = a_record(members, record)
    return replace(small, content=a_zip(members, compression=zipfile.ZIP_STORED))


def requirements() -> str:
    """What has to be resolved: the first projects of the graph, which lead to all of them."""
    return "".join(f"{_node(number)}\n" for number in range(4))


def _releases(project: str, count: int) -> Callable[[], Iterator[Archive]]:
    def make() -> Iterator[Archive]:
        for number in range(count):
            yield a_wheel(project, f"{number // 10}.{number % 10}", requires_python=">=3.9")

    return make


def _built(project: str, count: int) -> Callable[[], Iterator[Archive]]:
    """Ten builds of each release."""

    def make() -> Iterator[Archive]:
        for number in range(count):
            release, build = divmod(number, 10)
            version = f"{release // 10}.{release % 10}"
            yield a_wheel(project, version, build=f"{build}", requires_python=">=3.9")

    return make


def _graphed(number: int) -> Callable[[], Iterator[Archive]]:
    # Each project needs the next one and two further on: all 60 are reached, none in a circle.
    needed = [number + step for step in (1, 3, 7) if number + step < GRAPH]

    def make() -> Iterator[Archive]:
        for release in range(FILES_PER_PROJECT):
            wanted = [f"{_node(each)}>=1.{release // 2}" for each in needed]
            yield a_wheel(
                _node(number), f"1.{release}", requires_dist=wanted, requires_python=">=3.9"
            )

    return make


def _node(number: int) -> str:
    return f"graph-{number:02}"


def _padded(project: str, size_bytes: int) -> Callable[[], Iterator[Archive]]:
    def make() -> Iterator[Archive]:
        noise = random.Random(project).randbytes(size_bytes)
        yield a_wheel(project, "1.0", files={f"{project}/noise.bin": noise})

    return make
