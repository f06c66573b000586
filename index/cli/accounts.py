"""`bascule account …` and `bascule token …`."""

import getpass
import sys
from typing import Annotated

import typer

from index.auth.credentials import new_token, new_token_id
from index.auth.passwords import hashed
from index.cli.opened import DataFolder, founded, opened, operator, show
from index.durations import end
from moderation import accounts
from storage import accounts as stored_accounts
from storage import tokens
from storage.problems import Invalid
from storage.records import Role, Scope, Token

account_commands = typer.Typer(no_args_is_help=True)
token_commands = typer.Typer(no_args_is_help=True)


Name = Annotated[str, typer.Argument(help="The name of the account.")]


@account_commands.command("add")
def add_account(
    name: Name,
    email: Annotated[str | None, typer.Option(help="Where to write to it.")] = None,
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.UPLOADER,
    new: Annotated[
        bool, typer.Option("--new", help="Limit it as one that registered itself.")
    ] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read its password from standard input.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Make an account, vouched for unless --new."""
    password = _typed_password() if password_stdin else None
    with founded(data) as services:
        made = services.database.write_now(
            accounts.register,
            name=name,
            email=email,
            role=role,
            password_hash=hashed(password) if password is not None else None,
            by=operator(services).actor,
            at=services.now(),
            vouch="" if new else "Made on the command line.",
        )
    typer.echo(f"The account {made.name} is here, as {made.role}.")


@account_commands.command("list")
def list_accounts(data: DataFolder = None) -> None:
    """Show every account."""
    with opened(data) as services:
        found = services.database.read_now(stored_accounts.all_of_them)
    rows = [
        (each.name, each.role, each.email or "", f"{each.created_at:%Y-%m-%d}") for each in found
    ]
    show(rows, "name", "role", "e-mail", "since")


@account_commands.command("password")
def set_password(name: Name, data: DataFolder = None) -> None:
    """Give an account a new password: asked for on a terminal, else read from standard input."""
    password = _typed_password()
    with opened(data) as services:
        services.database.write_now(
            accounts.set_password,
            name,
            hashed(password),
            by=operator(services).actor,
            at=services.now(),
        )
    typer.echo(f"The account {name} has a new password.")


@token_commands.command("add")
def add_token(
    account: Name,
    scope: Annotated[Scope, typer.Option(help="What it is for.")] = Scope.UPLOAD,
    project: Annotated[str | None, typer.Option(help="For this project alone.")] = None,
    expires: Annotated[str | None, typer.Option(help="How long it is good for: 30d.")] = None,
    data: DataFolder = None,
) -> None:
    """Make a token and print it, and nothing else. It cannot be shown again."""
    secret = new_token()
    with opened(data) as services:
        now = services.now()
        owner = services.database.read_now(accounts.known, account)
        services.database.write_now(
            accounts.add_token,
            owner,
            token_id=new_token_id(),
            secret=secret,
            scope=scope,
            project=accounts.project_named(project) if project is not None else None,
            expires_at=end(length=expires, until=None, now=now),
            by=operator(services).actor,
            at=now,
        )
    typer.echo(secret)


@token_commands.command("list")
def list_tokens(account: Name, data: DataFolder = None) -> None:
    """Show the tokens of an account: all but the secrets."""
    with opened(data) as services:
        owner = services.database.read_now(accounts.known, account)
        found = services.database.read_now(tokens.of_account, owner.id)
    show(map(_shown, found), "id", "scope", "project", "since", "expires", "last used")


@token_commands.command("revoke")
def revoke_token(
    token_id: Annotated[str, typer.Argument(help="The id of the token.")],
    data: DataFolder = None,
) -> None:
    """End a token for good."""
    with opened(data) as services:
        services.database.write_now(
            accounts.revoke_token, token_id, by=operator(services).actor, at=services.now()
        )
    typer.echo(f"The token {token_id} is revoked.")


def _typed_password() -> str:
    try:
        if sys.stdin.isatty():
            password = getpass.getpass("New password: ")
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        password.encode()
    except UnicodeError as error:
        raise Invalid("The password is not UTF-8.") from error
    accounts.check_password(password)
    return password


def _shown(token: Token) -> tuple[str, ...]:
    moments = (token.created_at, token.expires_at, token.last_used_at)
    shown = [f"{at:%Y-%m-%d %H:%M}" if at else "" for at in moments]
    return (token.id, token.scope, token.project or "", *shown)
