"""Who may change what: members, within the holds in force and the status of the project."""

from datetime import datetime

from storage import holds, projects, subjects, tokens
from storage.database import Transaction
from storage.problems import Forbidden, NotFound, Unauthenticated
from storage.records import Account, Effect, Hold, Project, Role, Status, Token

ASK = "If that is wrong, ask the moderators of this index."


def check_not_suspended(
    tx: Transaction, account: Account, token: Token | None, *, at: datetime
) -> None:
    """Raises Forbidden, with the reason and the end, while the account or token is suspended."""
    mine = {subjects.account(account.name): "Your account is suspended"}
    if token is not None:
        mine[subjects.token(token.id)] = "This token is suspended"
    for hold in holds.on_subjects(tx, mine.keys(), at=at, only=Effect.SUSPEND):
        raise Forbidden(f"{mine[hold.subject]}{_until(hold)}: {stopped(hold.reason)}", hint=ASK)


def check_usable(token: Token, *, at: datetime) -> None:
    """Raises Unauthenticated if the token was revoked or has expired (UPLOADS.md 3)."""
    if token.revoked_at is not None:
        raise Unauthenticated("The token was revoked.", hint="Make a new one.")
    if token.expires_at is not None and token.expires_at <= at:
        raise Unauthenticated(
            f"The token expired on {token.expires_at:%Y-%m-%d %H:%M} UTC.", hint="Make a new one."
        )


def check_still_proved(
    tx: Transaction, account: Account, token: Token | None, *, at: datetime
) -> None:
    """Ask again, in the transaction that changes something, what was asked at the door.

    Between the two a body came in, and that may have taken long: law 4 holds for what a
    suspension or a revocation stops too. Raises Unauthenticated, Forbidden.
    """
    if token is not None and (now_is := tokens.by_id(tx, token.id)) is not None:
        check_usable(now_is, at=at)
    check_not_suspended(tx, account, token, at=at)


def check_token_covers(token: Token | None, project: str) -> None:
    """Raises Forbidden if the token is for another project."""
    if token is not None and token.project is not None and token.project != project:
        raise Forbidden(
            f"This token is for the project {token.project}, not for {project}.",
            hint="Use a token of your account for this project.",
        )


def check_may_change(
    tx: Transaction,
    project: Project,
    account: Account,
    *,
    at: datetime,
    version: str | None = None,
    filename: str | None = None,
) -> None:
    """Raises Forbidden unless the account is a member and nothing that is named is frozen."""
    check_member(tx, project, account)
    named = {subjects.project(project.name): f"The project {project.spelled}"}
    if version is not None:
        named[subjects.release(project.name, version)] = f"Release {version}"
    if filename is not None:
        named[subjects.file(filename)] = filename
    for hold in holds.on_subjects(tx, named.keys(), at=at):
        quarantined = Effect.HIDE in hold.effects and subjects.kind_of(hold.subject) == "project"
        if quarantined or Effect.FREEZE in hold.effects:
            what = "is quarantined" if quarantined else "is frozen"
            sentence = f"{named[hold.subject]} {what}{_until(hold)}: {stopped(hold.reason)}"
            raise Forbidden(sentence, hint=ASK)


def check_member(tx: Transaction, project: Project, account: Account) -> None:
    """Raises Forbidden unless the account is a member of the project, or an admin."""
    if account.role is not Role.ADMIN and not projects.is_member(tx, project.id, account.id):
        raise Forbidden(
            f"{account.name} is not a member of the project {project.spelled}.",
            hint="Ask one of its members to add you, or choose another name.",
        )


def check_accepts_uploads(project: Project) -> None:
    """Raises Forbidden if its owners archived the project (PEP 792: no uploads)."""
    if project.status is Status.ARCHIVED:
        why = project.status_reason or "it takes no more uploads"
        raise Forbidden(
            f"The project {project.spelled} is archived: {stopped(why)}",
            hint="A member can set its status to active first.",
        )


def known_project(tx: Transaction, name: str) -> Project:
    """The project of that name, in any spelling. Raises NotFound."""
    project = projects.by_name(tx, subjects.project_name(name))
    if project is None:
        raise NotFound(f"There is no project {name[:100]}.")
    return project


def stopped(text: str) -> str:
    """The text as a sentence: with a full stop at its end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _until(hold: Hold) -> str:
    return f" until {hold.until_at:%Y-%m-%d %H:%M} UTC" if hold.until_at else ""
