"""Mails: plain text, given to the operator's mail server by SMTP."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from index.logs import escaped
from index.readers import is_this_machine
from index.sending.deadlines import SILENCE_SECONDS, cut_after
from index.settings import Settings
from storage.outbox import Message
from storage.problems import Invalid, Unavailable

CONVERSATION_SECONDS = 60
"""How long giving one mail to the server may take."""

SUBJECT_CHARACTERS = 200
"""How much of a subject is sent."""

_REFUSALS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,  # An address that is not in ASCII.
)
_PORTS = {"smtp": 25, "smtps": 465}


def send(message: Message, address: str, *, settings: Settings, at: datetime) -> None:
    """Give the mail for *address* to the server. Raises Invalid if it refuses this mail.

    Raises Unavailable if the server cannot be reached, does not know us, or offers no encryption
    and is not on this machine.
    """
    mail = written(message, address, sender=settings.mail_from, at=at)
    try:
        with _connected(settings.smtp_url) as server:
            server.send_message(mail)
    except _REFUSALS as error:
        raise Invalid("The mail server refused the mail.") from error
    except smtplib.SMTPResponseException as error:
        raise Unavailable(f"The mail server answered {error.smtp_code}.") from error
    except smtplib.SMTPException as error:
        raise Unavailable(f"The mail server does not do as it should: {error}.") from error
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        raise Unavailable(f"The mail server cannot be reached: {why}.") from error


def written(message: Message, address: str, *, sender: str, at: datetime) -> EmailMessage:
    """The mail, in which nothing that people wrote can be taken for more than text."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = address
    mail["Date"] = at
    mail["Message-ID"] = f"<{message.id}.{int(message.created_at.timestamp())}@{_domain(sender)}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine should answer.
    mail["Subject"] = escaped(" ".join(message.content["subject"].split()))[:SUBJECT_CHARACTERS]
    mail.set_content(
        "\n".join(map(escaped, message.content["text"].split("\n"))) + "\n", cte="quoted-printable"
    )
    return mail


@contextmanager
def _connected(url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    context = _context(host)
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port, timeout=SILENCE_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SILENCE_SECONDS)
    try:
        with cut_after(CONVERSATION_SECONDS, lambda: server.sock):
            if parts.scheme == "smtp":
                _encrypt(server, host, context)
            if parts.username is not None:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server
            with suppress(smtplib.SMTPException, OSError):  # What was taken is taken.
                server.quit()
    finally:
        server.close()


def _context(host: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if is_this_machine(host):
        # Nobody can stand in between, and no authority signs for localhost.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _encrypt(server: smtplib.SMTP, host: str, context: ssl.SSLContext) -> None:
    server.ehlo_or_helo_if_needed()
    if server.has_extn("starttls"):
        server.starttls(context=context)
    elif not is_this_machine(host):
        raise Unavailable("The mail server offers no encryption, and is not on this machine.")


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip("> ")
