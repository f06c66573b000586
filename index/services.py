"""What every endpoint works with: made once in app.py, found from any request."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from anyio import CapacityLimiter
from starlette.requests import Request

from index.auth.callers import Caller
from index.auth.passwords import Passwords
from index.caching import PRIVATE, PUBLIC, Caching, purgeable
from index.files.counting import Downloads
from index.kept import Shelf
from index.protecting import Protection
from index.readiness import Readiness
from index.settings import Read, Settings
from index.simple.root import Root
from moderation.permissions import check_still_proved
from moderation.terms import Terms
from storage.blobs import Blobs
from storage.database import Database, Transaction
from storage.records import Admission, Allowance
from storage.together import Together
from storage.watching import Watch

P = ParamSpec("P")
T = TypeVar("T")

INSPECTIONS_AT_A_TIME = 4
"""How many archives one worker reads at a time. More would only take longer, each and together,
and keep the processor from whoever reads a page."""

SENDS_AT_A_TIME = 8
"""How many uploads one worker takes to an object store at a time: each has parts in memory."""

VERIFICATIONS_AT_A_TIME = 1
"""How many times one worker checks the journal at once: each takes seconds of the processor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of a running index."""

    settings: Settings
    database: Database
    blobs: Blobs
    together: Together
    passwords: Passwords
    watch: Watch
    shelf: Shelf
    protection: Protection
    root: Root
    now: Callable[[], datetime]
    downloads: Downloads = field(default_factory=Downloads)
    inspections: CapacityLimiter = field(
        default_factory=lambda: CapacityLimiter(INSPECTIONS_AT_A_TIME)
    )
    sends: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(SENDS_AT_A_TIME))
    verifications: CapacityLimiter = field(
        default_factory=lambda: CapacityLimiter(VERIFICATIONS_AT_A_TIME)
    )
    readiness: Readiness = field(default_factory=Readiness)
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the server stops: what takes long beside it ends soon, and leaves the rest."""

    async def write_as(
        self,
        caller: Caller,
        change: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Commit what *change* does, if *caller* may still act when its turn has come."""
        return await self.database.write(self._proved, caller, change, *args, **kwargs)

    async def add_as(
        self,
        caller: Caller,
        change: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """As write_as, with the blobs that *change* keeps, and in one flush with others."""
        return await self.together.write(self._proved, caller, change, *args, **kwargs)

    def _proved(
        self,
        tx: Transaction,
        caller: Caller,
        change: Callable[Concatenate[Transaction, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        check_still_proved(tx, caller.account, caller.token, at=self.now())
        return change(tx, *args, **kwargs)

    def admission(self) -> Admission:
        """The mode in force now. Costs microseconds, unless something was just written."""
        return self.watch.admission(at=self.now())

    @property
    def terms(self) -> Terms:
        """How much anybody may publish, as the operator set it."""
        its = self.settings
        return Terms(
            project_bytes=its.project_quota_bytes,
            new=Allowance(
                projects_per_day=its.new_account_projects_per_day,
                files_per_day=its.new_account_files_per_day,
                files_per_10_minutes=its.new_account_files_per_10_minutes,
            ),
            trusted=Allowance(
                projects_per_day=its.trusted_projects_per_day,
                files_per_day=its.trusted_files_per_day,
            ),
            signups_per_day=its.signups_per_day,
            reports_per_day=its.reports_per_day,
            wait_at_score=its.wait_at_score,
            protected=self.protection.names(now=self.now()),
        )

    @property
    def caching(self) -> Caching:
        """What caches may keep: less where reading takes a token."""
        return PRIVATE if self.settings.read is Read.ACCOUNTS else PUBLIC

    def caching_of(self, *keys: str) -> Caching:
        """The same for what is purged from shared caches by these keys when it changes."""
        its = self.settings
        if its.read is Read.ACCOUNTS:
            return PRIVATE
        seconds, header = its.shared_cache_seconds, its.cache_tags
        return purgeable(PUBLIC, *keys, seconds=seconds, header=header)


def services(request: Request) -> Services:
    """The parts of the index that *request* came to: `app.state.services`."""
    found: Services = request.app.state.services
    return found
