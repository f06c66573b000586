"""Blobs belong to one index: its id lies beside them, so that no other one sweeps them away."""

import secrets
from pathlib import Path

from index.services import Services
from storage import identity
from storage.blobs.disk import told_when_full
from storage.database import Transaction
from storage.problems import Conflict
from storage.urls import blobs_folder

_FILE = "index-id"


def claim(services: Services) -> None:
    """Note beside the blobs whose they are, if nothing says so yet. Raises Conflict."""
    if (folder := blobs_folder(services.settings.blobs_url)) is not None:
        services.database.write_now(_claim, folder / _FILE, secrets.token_hex(16))


def check(services: Services) -> None:
    """Raises Conflict unless the blobs are known to belong to this index."""
    if (folder := blobs_folder(services.settings.blobs_url)) is not None:
        index_id = services.database.read_now(identity.of_index)
        if index_id is None or _noted(folder / _FILE) != index_id:
            raise _another(folder)


def _claim(tx: Transaction, file: Path, new_id: str) -> None:
    index_id = identity.give(tx, new_id)
    noted = _noted(file)
    if noted is None:
        with told_when_full():
            whole = file.with_name(f"{_FILE}.new")
            whole.write_text(index_id, encoding="ascii")
            whole.replace(file)
    elif noted != index_id:
        raise _another(file.parent)


def _noted(file: Path) -> str | None:
    try:
        with told_when_full():
            return file.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None


def _another(folder: Path) -> Conflict:
    return Conflict(
        f"The blobs in {folder} belong to another index.",
        hint=f"If they are of this one, remove {folder / _FILE} and run bascule migrate.",
    )
