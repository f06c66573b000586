"""The list of projects, ready: made off the path of requests, and again only where it changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import anyio
import structlog

from index import errors
from index.ready import Coding, Served
from index.simple.blocks import blocks_of, changed
from index.simple.negotiation import Representation
from index.simple.projects import CLOCK_STEP, Projects
from storage import listed
from storage.database import Database, Transaction
from storage.listed import Newest
from storage.watching import Watch

CHANGES_AT_ONCE = 10_000
"""If more projects changed, the whole list is read again."""

SMALL_LIST = 10_000
"""A list of fewer projects is made anew in milliseconds, and shows uploads at once."""

REST_SECONDS = 1.0
"""How often a longer list is made anew for uploads, at most."""

Wanted = tuple[Representation, Coding]
Now = Callable[[], datetime]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """The list, and what is ready of it."""

    projects: Projects
    ready: frozenset[Wanted]


class Root:
    """The list of projects in every representation and coding that was ever asked for.

    A decision that takes a project off the list, or puts it back, is in the next answer (law 4).
    An upload may take a second to be, if the list is long. Belongs to one event loop.
    """

    def __init__(self, database: Database, watch: Watch, *, small: int = SMALL_LIST) -> None:
        self._database = database
        self._watch = watch
        self._small = small
        self._list: _List | None = None
        self._wanted: set[Wanted] = set()
        self._making: anyio.Event | None = None
        self._late = anyio.Event()

    async def page(self, representation: Representation, coding: Coding, *, now: Now) -> Served:
        """The list, with every decision in it that was committed before now.

        Its body and tag are ready. Raises what the database does.
        """
        if self._watch.look(at=now()):
            newest = self._watch.newest
        else:
            newest = await self._database.read(listed.newest, since=self.as_of)
        while not (page := self.current(representation, coding, newest=newest, at=now())):
            self._wanted.add((representation, coding))
            await self._make(now)
        return page

    def current(
        self, representation: Representation, coding: Coding, *, newest: Newest, at: datetime
    ) -> Served | None:
        """The list if it may be answered now, and is ready; costs next to nothing.

        *newest* is how far the journal is: what it says up to `as_of` does not matter.
        """
        if self._list is None or (representation, coding) not in self._list.ready:
            return None
        projects = self._list.projects
        needed = newest.change if projects.size < self._small else newest.decision
        if projects.as_of < needed or not projects.lasts(at):
            return None
        if projects.as_of < newest.change:
            self._late.set()
        return projects.page(representation)

    @property
    def as_of(self) -> int:
        """The serial of the newest entry that is in the list; 0 before there is one."""
        return self._list.projects.as_of if self._list else 0

    async def following(self, now: Now) -> None:
        """Make the list anew whenever `current` found that uploads are missing, for ever."""
        self._late = anyio.Event()  # Of the loop that this runs in.
        while True:
            await self._late.wait()
            self._late = anyio.Event()
            try:
                await self._make(now)
            except Exception as error:
                problem = errors.told(error)
                if problem is None:
                    log.exception("The list of projects could not be made.")
                else:
                    log.error(errors.in_a_line(problem))
            await anyio.sleep(REST_SECONDS)

    async def _make(self, now: Now) -> None:
        """Make the list anew; whoever comes while somebody does only waits for them."""
        if self._making is not None:
            await self._making.wait()
            return
        self._making = made = anyio.Event()
        try:
            wanted = frozenset(self._wanted)
            # As large as all else and seldom asked for: not made again unless it is.
            self._wanted -= {each for each in wanted if each[1] is Coding.IDENTITY}
            self._list = await self._database.read(_made, self._list, wanted, at=now())
        finally:
            self._making = None
            made.set()


def _made(
    tx: Transaction, before: _List | None, wanted: frozenset[Wanted], *, at: datetime
) -> _List:
    projects = _refreshed(tx, before.projects, at) if before else None
    projects = projects or _read(tx, at)
    for representation, coding in wanted:
        page = projects.page(representation)
        page.etag(coding)
        page.body(coding)
    return _List(projects=projects, ready=wanted)


def _refreshed(tx: Transaction, before: Projects, at: datetime) -> Projects | None:
    """The list as it is now, if it is not quicker to read all of it."""
    if at <= before.since - CLOCK_STEP:
        return None
    ends = {id_: end for id_, end in before.ends.items() if end > at}
    due = before.ends.keys() - ends.keys()
    found = listed.changes(tx, since=before.as_of, also=due, at=at, limit=CHANGES_AT_ONCE)
    if found is None:
        return None
    if not found.lines and not due:
        return before
    for line in found.lines:
        ends.pop(line.id, None)
        if line.until is not None:
            ends[line.id] = line.until
    blocks = changed(before.blocks, found.lines)
    return Projects(as_of=found.as_of, since=at, blocks=blocks, ends=ends)


def _read(tx: Transaction, at: datetime) -> Projects:
    every = (each for some in listed.everything(tx, at=at) for each in some)
    blocks = list(blocks_of(every))
    ends = listed.ends(tx, at=at)
    return Projects(as_of=listed.as_of(tx), since=at, blocks=blocks, ends=ends)
