"""Blobs belong to one index: its id lies beside them, so that no other one sweeps them away."""

import secrets

from index.services import Services
from storage import identity
from storage.blobs import OWNER, Blobs
from storage.problems import Conflict
from storage.urls import blobs_folder


def claim(services: Services) -> None:
    """Note beside the blobs whose they are, if nothing says so yet.

    Raises Conflict, and Unavailable with the reason if they cannot be reached.
    """
    if (where := _where(services)) is None:
        return
    if services.blobs.is_remote:
        services.blobs.check_writable()
    index_id = services.database.write_now(identity.give, secrets.token_hex(16))
    noted = services.blobs.owner()
    if noted is None:
        services.blobs.give_to(index_id)
    elif noted != index_id:
        raise _another(where)


def take(blobs: Blobs, url: str, index_id: str) -> None:
    """Note beside blobs that are only now to come whose they are, or that they come again.

    Raises Conflict if there are others, and Unavailable if they cannot be reached.
    """
    if blobs.is_remote:
        blobs.check_writable()
    noted = blobs.owner()
    if noted is None and next(iter(blobs.digests()), None) is None:
        blobs.give_to(index_id)
    elif noted != index_id:
        raise Conflict(
            f"There are blobs of another index in {_shown(url)}, and they stay as they are.",
            hint="Give a place where there are none.",
        )


def check(services: Services) -> None:
    """Raises Conflict unless the blobs are known to belong to this index."""
    if (where := _where(services)) is not None:
        index_id = services.database.read_now(identity.of_index)
        if index_id is None or services.blobs.owner() != index_id:
            raise _another(where)


def _where(services: Services) -> str | None:
    """Where the blobs are, in the words of who runs the index; None if it takes them along."""
    url = services.settings.blobs_url
    return None if url == "memory:" else _shown(url)


def _shown(url: str) -> str:
    return str(blobs_folder(url) or url.rstrip("/"))


def _another(where: str) -> Conflict:
    return Conflict(
        f"The blobs in {where} belong to another index.",
        hint=f"If they are of this one, remove {where}/{OWNER} and run bascule migrate.",
    )
