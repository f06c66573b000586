"""Where an index may move to: a database of PostgreSQL, and a part of a bucket."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Both, without an index yet."""

    url: str
    settings: dict[str, str]

    @property
    def env(self) -> dict[str, str]:
        """The environment of whoever works there."""
        return _environment({"database_url": self.url, **self.settings})

    @property
    def keys(self) -> dict[str, str]:
        """Only what opens the bucket."""
        return _environment(self.opening)

    @property
    def opening(self) -> dict[str, str]:
        """The same as settings, for a server that does not use it yet."""
        return {name: value for name, value in self.settings.items() if name != "blobs_url"}

    @property
    def words(self) -> list[str]:
        """How a move to it is asked for."""
        return ["--to", self.url, "--blobs-to", self.settings["blobs_url"]]


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    return {f"BASCULE_{name.upper()}": value for name, value in settings.items()}
