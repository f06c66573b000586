"""Every setting: a default and a sentence. A typo or a bad value stops the start."""

# ruff: noqa: RUF009 (_setting makes a dataclass field, as dataclasses.field does)

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from index import readers
from index.caching import CacheTags
from index.files.offload import Offload
from index.upload.policy import Policy
from moderation.limits import MOST
from storage.urls import url_of

_LIMIT = readers.number(0, MOST)

T = TypeVar("T")


class Signup(StrEnum):
    """Who may make an account."""

    CLOSED = "closed"
    OPEN = "open"


class Read(StrEnum):
    """Who may read: anyone, or only who signs in."""

    PUBLIC = "public"
    ACCOUNTS = "accounts"


class LogFormat(StrEnum):
    """How a line of the log looks."""

    TEXT = "text"
    JSON = "json"


class Switch(StrEnum):
    """Whether something is done."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What stands at a setting: its default, what it is for, and how its text is read."""

    default: str
    sentence: str
    read: Callable[[str], Any]
    secret: bool


# Python wants this before the class; the settings begin below it.
def _setting(default: str, sentence: str, read: Callable[[str], T], *, secret: bool = False) -> T:
    declaration = Declaration(default=default, sentence=sentence, read=read, secret=secret)
    declared: T = field(
        default=read(default), repr=not secret, metadata={"declaration": declaration}
    )
    return declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this index runs. `field` is `BASCULE_FIELD`; a secret also `BASCULE_FIELD_FILE`."""

    data: Path = _setting(
        "bascule-data", "The folder where the index keeps everything.", readers.folder
    )
    database_url: str = _setting(
        "",
        "The database; without it, the file bascule.sqlite in the data folder.",
        readers.database_url,
        secret=True,
    )
    blobs_url: str = _setting(
        "",
        "Where the bytes of files are kept; without it, the folder blobs in the data folder.",
        readers.blobs_url,
        secret=True,
    )
    blobs_endpoint: str = _setting(
        "", "Where the object store answers, if not where its maker's does.", readers.web_url
    )
    blobs_key_id: str = _setting("", "Who the index is to the object store.", str)
    blobs_key: str = _setting("", "What proves that to it.", str, secret=True)
    host: str = _setting("127.0.0.1", "The address to listen on.", str)
    port: int = _setting(
        "8080", "The port to listen on; 0 takes any that is free.", readers.number(0, 65535)
    )
    workers: int = _setting("1", "How many processes answer requests.", readers.number(1, 64))
    secret_key: str = _setting(
        "",
        "What sign-in sessions are signed with: at least 32 characters, the same on every node.",
        readers.secret(32),
        secret=True,
    )
    public_url: str = _setting(
        "",
        "Where people reach the index; without it, links follow the request.",
        readers.web_url,
    )
    signup: Signup = _setting(
        "closed", "Whether anyone may make an account.", readers.choice(Signup)
    )
    read: Read = _setting(
        "public", "Whether anyone may read, or only accounts.", readers.choice(Read)
    )
    policy: Policy = _setting(
        "private",
        "Which uploads are accepted: what companies need, or what the public index accepts.",
        readers.choice(Policy),
    )
    offload: Offload = _setting("off", "Who sends the bytes of files.", readers.choice(Offload))
    upload_limit_bytes: int = _setting(
        "2147483648", "The largest file that may be uploaded.", readers.number(1, 1 << 40)
    )
    upload_patience_seconds: int = _setting(
        "30",
        "How long an upload may stand still, or come at less than 1 KiB a second.",
        readers.number(1, 3600),
    )
    project_quota_bytes: int = _setting(
        "10737418240", "How much the files of one project may take.", readers.number(1, 1 << 50)
    )
    reports_per_day: int = _setting(
        "20", "How often an account may report something in 24 hours.", readers.number(1, 1_000_000)
    )
    new_account_projects_per_day: int = _setting(
        "2", "How many new projects a new account may upload to in 24 hours.", _LIMIT
    )
    new_account_files_per_day: int = _setting(
        "20", "How many files a new account may upload in 24 hours.", _LIMIT
    )
    new_account_files_per_10_minutes: int = _setting(
        "5", "How many files a new account may upload in 10 minutes.", _LIMIT
    )
    trusted_projects_per_day: int = _setting(
        "20", "How many new projects a trusted account may upload to in 24 hours.", _LIMIT
    )
    trusted_files_per_day: int = _setting(
        "500", "How many files a trusted account may upload in 24 hours.", _LIMIT
    )
    signups_per_day: int = _setting(
        "5", "How many accounts may be made from one address in 24 hours.", _LIMIT
    )
    wait_at_score: int = _setting(
        "0", "From which score of its signals on an upload waits; 0: none does.", _LIMIT
    )
    protected_names: Path | None = _setting(
        "",
        "A file of names that others must not be taken for, one to a line.",
        readers.readable_file,
    )
    trusted_proxies: tuple[readers.Network, ...] = _setting(
        "", "The proxies whose X-Forwarded-For is believed.", readers.networks
    )
    shared_cache_seconds: int = _setting(
        "0",
        "How long a shared cache may keep pages and files without asking; a takedown waits for it.",
        readers.number(0, 31_536_000),
    )
    cache_tags: CacheTags = _setting(
        "off", "The header that names the keys a CDN purges by.", readers.choice(CacheTags)
    )
    purge_urls: tuple[str, ...] = _setting(
        "", "Who is told by POST what to purge from caches.", readers.webhook_urls, secret=True
    )
    checkpoint_url: str = _setting(
        "",
        "Where signed checkpoints of the journal go, every hour: a file, or whoever takes a POST.",
        readers.checkpoint_url,
        secret=True,
    )
    sweep: Switch = _setting(
        "on",
        "Whether bytes that no row refers to are removed once a day.",
        readers.choice(Switch),
    )
    smtp_url: str = _setting(
        "", "The server that mails are given to.", readers.smtp_url, secret=True
    )
    mail_from: str = _setting("", "Whom mails come from.", readers.mail_address)
    webhook_urls: tuple[str, ...] = _setting(
        "", "Who is told of decisions and reports by POST.", readers.webhook_urls, secret=True
    )
    webhook_secret: str = _setting(
        "", "What webhooks are signed with.", readers.webhook_secret, secret=True
    )
    cache_bytes: int = _setting(
        "67108864",
        "How much memory one worker takes to keep pages and small files ready.",
        readers.number(0, 1 << 40),
    )
    lease_seconds: int = _setting(
        "5",
        "How long a worker answers from memory without hearing from PostgreSQL.",
        readers.number(1, 60),
    )
    fast_lane: Switch = _setting(
        "on", "Whether what is kept ready is answered before ASGI.", readers.choice(Switch)
    )
    log_reads: Switch = _setting(
        "on", "Whether what is answered from memory gets a line in the log.", readers.choice(Switch)
    )
    stop_seconds: int = _setting(
        "30", "How long a stop waits for the requests under way.", readers.number(0, 3600)
    )
    log_format: LogFormat = _setting(
        "text", "How a line of the log looks.", readers.choice(LogFormat)
    )

    def __post_init__(self) -> None:
        data = self.data.absolute()
        if not self.database_url:
            object.__setattr__(self, "database_url", url_of(data / "bascule.sqlite"))
        if not self.blobs_url:
            object.__setattr__(self, "blobs_url", (data / "blobs").as_uri())


DECLARATIONS: Mapping[str, Declaration] = {
    each.name: each.metadata["declaration"] for each in fields(Settings)
}
"""What stands at each field of Settings, in their order."""
