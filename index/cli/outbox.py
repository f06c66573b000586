"""`bascule outbox`: what is to be sent, and what became of what was."""

from index.cli.opened import DataFolder, Limit, opened, show
from index.sending import recipients
from storage import outbox


def list_messages(limit: Limit = 50, data: DataFolder = None) -> None:
    """Show the newest mails and webhooks, and what became of each."""
    with opened(data) as services:
        newest = services.database.read_now(outbox.newest, limit=limit)
    show(
        (
            (
                str(message.id),
                message.way,
                recipients.shown(message),
                f"decision {message.decision}" if message.decision else "",
                f"{message.due_at:%Y-%m-%d %H:%M:%S}",
                f"{message.attempts} attempts",
                message.outcome or "",
            )
            for message in newest
        ),
        "message",
        "kind",
        "to",
        "about",
        "due at",
        "",
        "outcome",
    )
