"""The bucket that a URL names: how it is reached, how long that may take, and what goes wrong."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, S3Store

from storage.problems import Invalid, Unavailable

Bucket = AzureStore | GCSStore | S3Store

SCHEMES = ("s3", "gs", "az")
"""Amazon S3 and all that speak like it, Google Cloud Storage, Azure Blob Storage."""

_CODE = re.compile(r"<Code>(\w{1,64})</Code>")
"""What is wrong, in the word that S3 and Azure have for it."""

_ASK = "Whoever runs it finds what to check in docs/operators/object-stores.md."


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a bucket is reached, where the usual variables of the environment do not say it."""

    endpoint: str = ""
    key_id: str = ""
    """The access key of S3, the account of Azure."""
    key: str = field(default="", repr=False)
    """The secret access key of S3, the key of an Azure account, Google's service account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one request may take, and how often and how long it is tried again."""

    request_seconds: int
    retries: int
    retry_seconds: int
    """From the first try on; the last one may take *request_seconds* more."""


PATIENT = Patience(request_seconds=30, retries=5, retry_seconds=30)
"""For bytes: a part of a file may take so long on a slow line, and a busy store wants a pause."""

BRISK = Patience(request_seconds=4, retries=1, retry_seconds=4)
"""For what is asked while others wait, within a transaction: less than they wait for it."""


def bucket(url: str, access: Access, patience: Patience) -> Bucket:
    """The bucket, or a part of it, that *url* names. Nothing is asked of it yet.

    Raises Invalid if it is not said well enough where it is and who asks.
    """
    parts = urlsplit(url)
    make = {"s3": _s3, "gs": _gcs, "az": _azure}[parts.scheme]
    try:
        return make(parts.netloc, parts.path.strip("/"), access, patience)
    except BaseError as error:
        raise Invalid(
            f"It is not said well enough how {url} is reached.",
            hint="It needs an account and a key that make sense, from BASCULE_BLOBS_KEY_ID and "
            "BASCULE_BLOBS_KEY or from the environment.",
        ) from error


@contextmanager
def told() -> Iterator[None]:
    """A store that is away, or gives nothing, as the Problem it is."""
    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise _told("The object store of the index does not let the index in.", error) from error
    except FileNotFoundError as error:
        raise _told("The bucket of the index is not there.", error) from error
    except BaseError as error:
        said = "The object store of the index cannot be reached at the moment."
        raise _told(said, error) from error


def _told(said: str, error: Exception) -> Unavailable:
    code = _CODE.search(str(error))
    return Unavailable(said, hint=f"{_ASK} It says {code[1]}." if code else _ASK)


def _s3(name: str, prefix: str, access: Access, patience: Patience) -> Bucket:
    return S3Store(
        name,
        prefix=prefix or None,
        config=_said(
            endpoint=access.endpoint, access_key_id=access.key_id, secret_access_key=access.key
        ),
        **_ways(patience),
    )


def _gcs(name: str, prefix: str, access: Access, patience: Patience) -> Bucket:
    return GCSStore(
        name,
        prefix=prefix or None,
        config=_said(base_url=access.endpoint, service_account_key=access.key),
        **_ways(patience),
    )


def _azure(name: str, prefix: str, access: Access, patience: Patience) -> Bucket:
    return AzureStore(
        name,
        prefix=prefix or None,
        config=_said(endpoint=access.endpoint, account_name=access.key_id, account_key=access.key),
        **_ways(patience),
    )


def _said(**options: str) -> Any:
    return {name: value for name, value in options.items() if value}


def _ways(patience: Patience) -> dict[str, Any]:
    return {
        "client_options": {
            "timeout": timedelta(seconds=patience.request_seconds),
            "allow_http": True,  # Where the endpoint says so, and nowhere else.
        },
        "retry_config": {
            "max_retries": patience.retries,
            "retry_timeout": timedelta(seconds=patience.retry_seconds),
        },
    }
