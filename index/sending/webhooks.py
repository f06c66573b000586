"""Webhooks: one POST of JSON, signed as Standard Webhooks says (standardwebhooks.com)."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import msgspec

from index.sending.deadlines import SILENCE_SECONDS, cut_after
from storage.outbox import Message
from storage.problems import Unavailable


def post(message: Message, *, secret: str, at: datetime) -> None:
    """Send it to its URL. Raises Unavailable unless that takes it within 10 seconds.

    A redirection is no answer: what is signed goes where the operator said, and nothing of the
    answer is read but its status.
    """
    body = msgspec.json.encode(message.content)
    headers = {"content-type": "application/json", **signed(message, body, secret=secret, at=at)}
    parts = urlsplit(message.recipient)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=SILENCE_SECONDS)
    path = parts._replace(scheme="", netloc="", path=parts.path or "/").geturl()
    try:
        with cut_after(SILENCE_SECONDS, lambda: connection.sock):
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
    except OSError as error:
        raise _not_taken(error.strerror or str(error) or type(error).__name__) from error
    except HTTPException as error:
        raise _not_taken("no sensible answer came") from error
    finally:
        connection.close()
    if status // 100 != 2:
        raise _not_taken(f"the answer was {status}")


def signed(message: Message, body: bytes, *, secret: str, at: datetime) -> dict[str, str]:
    """The headers that say who sent it and when; the same id however often it is tried."""
    # With the time: numbers come again after an older backup was restored.
    name = f"msg_{message.id}_{int(message.created_at.timestamp())}"
    timestamp = str(int(at.timestamp()))
    key = b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, b".".join((name.encode(), timestamp.encode(), body)), hashlib.sha256)
    signature = f"v1,{b64encode(digest).decode()}"
    return {"webhook-id": name, "webhook-timestamp": timestamp, "webhook-signature": signature}


def _not_taken(why: str) -> Unavailable:
    return Unavailable(f"The webhook could not be given over: {why}.")
