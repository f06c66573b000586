"""Sending what is due in the outbox: each message by one sender at a time, and tried again."""

from collections.abc import Collection
from datetime import timedelta

import structlog

from index.sending import mail, webhooks
from index.services import Services
from index.settings import Settings
from moderation.telling import EVERY_URL
from storage import outbox
from storage.outbox import Message, Way
from storage.problems import Problem, Unavailable

MESSAGES = 200
"""How many messages one pass sends at most."""

TIME = timedelta(seconds=10)
"""After how long a pass begins with no other message."""

log = structlog.get_logger()


def send_due(services: Services, *, without: Collection[Way] = ()) -> None:
    """Send what is due, as far as a pass goes; the next one has the rest. Nothing goes *without*.

    A server that cannot be reached is left alone for the rest of the pass.
    """
    database, began_at = services.database, services.now()
    if not database.read_now(outbox.is_any_due, at=began_at):
        return
    database.write_now(outbox.end_idle, _off(services.settings), at=began_at)
    away: set[str] = set(without)
    for _ in range(MESSAGES):
        now = services.now()
        if now - began_at > TIME:
            return
        message = database.write_now(outbox.take, at=now, without=away)
        if message is None:
            return
        if message.way is Way.WEBHOOK and message.recipient == EVERY_URL:
            urls = services.settings.webhook_urls
            database.write_now(outbox.pass_on, message, urls, at=now)
        else:
            _send(services, message, away)


def _send(services: Services, message: Message, away: set[str]) -> None:
    try:
        outcome = _sent(services, message)
    except Problem as problem:
        if isinstance(problem, Unavailable):
            away.add(message.way if message.way is Way.MAIL else message.recipient)
        log.warning("A message could not be sent.", message=message.id, why=problem.message)
        services.database.write_now(outbox.fail, message, problem.message, at=services.now())
    else:
        services.database.write_now(outbox.end, message, outcome, at=services.now())


def _sent(services: Services, message: Message) -> str:
    """Send it; how it ended. Raises Unavailable, and Invalid for what is refused."""
    settings = services.settings
    if message.way is not Way.MAIL:
        if message.recipient not in _urls(settings)[message.way]:
            return outbox.OFF
        webhooks.post(message, secret=settings.webhook_secret, at=services.now())
        return outbox.SENT
    address = services.database.read_now(outbox.address_of, message)
    if address is None:
        return outbox.OFF
    mail.send(message, address, settings=settings, at=services.now())
    return outbox.SENT


def _off(settings: Settings) -> list[Way]:
    """The ways on which nothing goes, as the settings are."""
    off = []
    if not (settings.smtp_url and settings.mail_from):
        off.append(Way.MAIL)
    off += [way for way, urls in _urls(settings).items() if not (urls and settings.webhook_secret)]
    return off


def _urls(settings: Settings) -> dict[Way, tuple[str, ...]]:
    return {Way.WEBHOOK: settings.webhook_urls, Way.PURGE: settings.purge_urls}
