"""Whom a message is for, as moderators may know it."""

from urllib.parse import urlsplit

from storage.outbox import Message, Way


def shown(message: Message) -> str:
    """The account, or the host of a webhook: what else is in its URL may be a secret."""
    if message.way is Way.MAIL:
        return message.recipient
    return urlsplit(message.recipient).hostname or "every webhook"
