"""People with a token in a folder of an index, made without a server and without its commands."""

from pathlib import Path
from typing import Any

from httpx2 import Client, Response

from index.app import compose
from index.auth.credentials import new_token, new_token_id
from index.settings import Settings
from moderation import accounts
from storage.migrations import migrate
from storage.records import Role, Scope
from tests.kit.forms import FORM, an_upload
from tests.kit.makers import Archive

ANSWER_SECONDS = 60


def tokens_in(
    folder: Path,
    *names: str,
    role: Role = Role.UPLOADER,
    scope: Scope = Scope.UPLOAD,
    **settings: Any,
) -> list[str]:
    """A token for each of these new accounts. The folder is made if need be."""
    services = compose(Settings(data=folder, **settings))
    migrate(services.database)
    secrets = [new_token() for _ in names]
    for name, secret in zip(names, secrets, strict=True):
        account = services.database.write_now(
            accounts.register,
            name=name,
            email=None,
            role=role,
            password_hash=None,
            by="operator:test",
            at=services.now(),
            vouch="Made for a test.",
        )
        services.database.write_now(
            accounts.add_token,
            account,
            token_id=new_token_id(),
            secret=secret,
            scope=scope,
            project=None,
            expires_at=None,
            by="operator:test",
            at=services.now(),
        )
    services.database.close()
    return secrets


def client_of(url: str, token: str) -> Client:
    """A client of a running server, with a token."""
    return Client(base_url=url, auth=("__token__", token), timeout=ANSWER_SECONDS)


def upload(client: Client, archive: Archive) -> Response:
    """What the upload of *archive* is answered."""
    return client.post("/legacy/", headers=FORM, content=an_upload(archive))
