"""What nobody needs any more: bytes without a row, old counts by day, old messages, addresses."""

from datetime import timedelta

import structlog

from index.cli import belonging
from index.services import Services
from index.settings import Switch
from moderation.limits import SIGN_UPS
from storage import accounts, counting, downloads, jobs, outbox, sweeping
from storage.database import Transaction

MESSAGES_KEPT = timedelta(days=30)
"""How long a message is kept that has ended and is about no decision."""

DAYS_KEPT = timedelta(days=90)
"""How long downloads are counted by day; before that by month."""

ROWS = 500
"""How many messages, or files, are changed under one write lock."""

PAUSE_SECONDS = 0.02
"""How long it rests after each step: whoever asks meanwhile has the processor, and the lock."""

log = structlog.get_logger()


def may_sweep(services: Services) -> bool:
    """Whether the operator wants sweeping."""
    return services.settings.sweep is Switch.ON


def sweep(services: Services) -> None:
    """Remove the bytes that no row refers to. Raises Conflict if they are another index's."""
    belonging.check(services)
    # What is young is spared, and one of many clocks may be a day ahead.
    now = services.database.read_now(jobs.time, here=services.now())
    blobs, drafts = sweeping.sweep(
        services.database,
        services.blobs,
        at=now,
        goes_on=lambda: not services.stopping.wait(PAUSE_SECONDS),
    )
    if blobs or drafts:
        log.info("Removed what nothing referred to.", blobs=blobs, drafts=drafts)


def forget(services: Services) -> None:
    """Forget addresses that count no longer and messages of long ago; add old counts up."""
    now = services.now()

    def forget_addresses(tx: Transaction) -> None:
        accounts.forget_old_failures(tx, at=now)
        counting.forget_addresses(tx, until=now - SIGN_UPS.window)

    services.database.write_now(forget_addresses)
    while not services.stopping.wait(PAUSE_SECONDS):
        before = now - MESSAGES_KEPT
        if services.database.write_now(outbox.forget, before=before, limit=ROWS) < ROWS:
            break
    before_day = (now - DAYS_KEPT).date()
    while not services.stopping.wait(PAUSE_SECONDS):
        files = services.database.read_now(downloads.of_days, before=before_day, limit=ROWS)
        if not files:
            break
        services.database.write_now(downloads.roll, files, before=before_day)
