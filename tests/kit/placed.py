"""Where the rows of a world are: made beforehand, and found by commands that know its folder."""

from pathlib import Path

from index.app import compose
from index.settings import Settings
from storage.migrations import migrate


def migrated(folder: Path) -> Path:
    """A database without rows, to copy from."""
    services = compose(Settings(data=folder))
    migrate(services.database)
    services.database.close()
    return folder / "bascule.sqlite"


def note(folder: Path, database_url: str) -> None:
    """Write down, beside the folder, that its rows are elsewhere."""
    _noted(folder).write_text(database_url, encoding="utf-8")


def environment(folder: Path) -> dict[str, str]:
    """What a command in that folder needs to find them."""
    noted = _noted(folder)
    return {"BASCULE_DATABASE_URL_FILE": str(noted)} if noted.exists() else {}


def _noted(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.database-url")
