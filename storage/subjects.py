"""What can be judged: from the text of a subject to the rows it stands for, and back."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from packaging.utils import NormalizedName, canonicalize_name, canonicalize_version
from sqlalchemy import bindparam, select

from storage.batches import batched
from storage.database import Transaction
from storage.problems import Invalid, NotFound
from storage.records import Role, Target
from storage.schema import accounts, files, projects, releases, tokens

_LONGEST_VERSION = 255
_SHOWN = 5


def file(filename: str) -> str:
    """The subject of a file."""
    return f"file:{filename}"


def release(project: str, version: str) -> str:
    """The subject of a release."""
    return f"release:{project}/{version}"


def project(name: str) -> str:
    """The subject of a project."""
    return f"project:{name}"


def project_name(text: str) -> NormalizedName:
    """The name of a project in its one spelling (PEP 503)."""
    return canonicalize_name(text)


def canonical_version(text: str) -> str:
    """Equal for the versions that PEP 440 equates; text that is no version stays as it is."""
    try:
        return canonicalize_version(text) if len(text) <= _LONGEST_VERSION else text
    except ValueError:  # A number of more digits than Python takes.
        return text


INDEX = "index"
"""The subject of modes: the whole index."""


def account(name: str) -> str:
    """The subject of an account."""
    return f"account:{name}"


def token(token_id: str) -> str:
    """The subject of a token."""
    return f"token:{token_id}"


def resolve(tx: Transaction, subjects: Sequence[str]) -> list[Target]:
    """The rows of each subject, in the order asked for, each once.

    Raises Invalid for text that is no subject, NotFound for one that does not exist.
    """
    there = look_up(tx, subjects)
    found = [target for target in there.values() if target is not None]
    if len(found) < len(there):
        raise unknown(subject for subject, target in there.items() if target is None)
    return list({target.subject: target for target in found}.values())


def look_up(tx: Transaction, subjects: Sequence[str]) -> dict[str, Target | None]:
    """Each subject in its one spelling, in the order asked for, and its rows if it exists.

    Raises Invalid for text that is no subject.
    """
    asked = dict.fromkeys(_canonical(subject) for subject in subjects)
    found: dict[str, Target] = {INDEX: Target(subject=INDEX)}
    for kind, find in _FINDERS.items():
        named = (subject for subject in asked if subject.startswith(f"{kind}:"))
        for batch in batched(subject.partition(":")[2] for subject in named):
            found.update((f"{kind}:{name}", target) for name, target in find(tx, batch))
    return {subject: found.get(subject) for subject in asked}


def unknown(subjects: Iterable[str]) -> NotFound:
    """What to raise for subjects that do not exist, or that the asker may not know of."""
    return NotFound(
        f"There is no {_some(subjects)} here.",
        hint="Check the spelling; a release is release:PROJECT/VERSION.",
    )


def account_of(tx: Transaction, subject: str) -> tuple[int, str]:
    """The number and the name of an account, or of the one that a token is of."""
    kind, _, name = subject.partition(":")
    query = select(accounts.c.id, accounts.c.name)
    if kind == "token":
        query = query.join(tokens, tokens.c.account_id == accounts.c.id).where(tokens.c.id == name)
    else:
        query = query.where(accounts.c.name == name)
    row = tx.execute(query).one()
    return row.id, row.name


def kind_of(subject: str) -> str:
    """The word before the colon."""
    return subject.partition(":")[0]


def of_admins(tx: Transaction, subjects: Iterable[str]) -> Iterator[str]:
    """Those of *subjects* that are the account or a token of an admin."""
    admins = accounts.c.role == Role.ADMIN
    named = select(accounts.c.name).where(admins)
    owned = select(tokens.c.id).join(accounts, accounts.c.id == tokens.c.account_id).where(admins)
    for batch in batched(subjects):
        names = [each.partition(":")[2] for each in batch if kind_of(each) == "account"]
        ids = [each.partition(":")[2] for each in batch if kind_of(each) == "token"]
        if names:
            yield from map(account, tx.scalars(named.where(accounts.c.name.in_(names))))
        if ids:
            yield from map(token, tx.scalars(owned.where(tokens.c.id.in_(ids))))


def count_files(tx: Transaction, targets: Collection[Target]) -> int:
    """How many files stand under these subjects, each counted once."""
    files_, releases_, projects_ = set(), set(), set()
    for target in targets:
        if target.file_id is not None:
            files_.add(target.file_id)
        elif target.release_id is not None:
            releases_.add(target.release_id)
        elif target.project_id is not None:
            projects_.add(target.project_id)
    for column, ids in ((files.c.release_id, releases_), (files.c.project_id, projects_)):
        for batch in batched(sorted(ids)):
            files_.update(tx.scalars(select(files.c.id).where(column.in_(batch))))
    return len(files_)


def project_names(tx: Transaction, targets: Collection[Target]) -> tuple[str, ...]:
    """The names of the projects that these subjects are or belong to, sorted."""
    ids = {target.project_id for target in targets if target.project_id is not None}
    names: list[str] = []
    for batch in batched(sorted(ids)):
        names += tx.scalars(_NAMES, {"ids": batch})
    return tuple(sorted(names))


_NAMES = select(projects.c.name).where(projects.c.id.in_(bindparam("ids", expanding=True)))


def _canonical(subject: str) -> str:
    if subject == INDEX:
        return INDEX
    kind, _, name = subject.partition(":")
    if kind not in _FINDERS or not name:
        raise Invalid(
            f"{subject[:100]!r} is not a subject.",
            hint="Write file:NAME, release:PROJECT/VERSION, project:NAME, account:NAME, token:ID.",
        )
    if kind == "project":
        return project(canonicalize_name(name))
    if kind == "release":
        of, _, version = name.partition("/")
        return release(canonicalize_name(of), canonical_version(version))
    return account(name.lower()) if kind == "account" else subject


def _find_files(tx: Transaction, names: list[str]) -> Iterator[tuple[str, Target]]:
    query = select(files.c.id, files.c.project_id, files.c.filename)
    for row in tx.execute(query.where(files.c.filename.in_(names))):
        target = Target(subject=file(row.filename), project_id=row.project_id, file_id=row.id)
        yield row.filename, target


def _find_releases(tx: Transaction, names: list[str]) -> Iterator[tuple[str, Target]]:
    wanted = {tuple(name.partition("/")[::2]) for name in names}
    query = (
        select(
            releases.c.id,
            releases.c.project_id,
            releases.c.version,
            releases.c.canonical,
            projects.c.name,
        )
        .join(projects, projects.c.id == releases.c.project_id)
        .where(projects.c.name.in_({name for name, _ in wanted}))
        .where(releases.c.canonical.in_({version for _, version in wanted}))
    )
    for row in tx.execute(query):
        if (row.name, row.canonical) not in wanted:
            continue
        subject = release(row.name, row.version)
        target = Target(subject=subject, project_id=row.project_id, release_id=row.id)
        yield f"{row.name}/{row.canonical}", target


def _find_projects(tx: Transaction, names: list[str]) -> Iterator[tuple[str, Target]]:
    query = select(projects.c.id, projects.c.name).where(projects.c.name.in_(names))
    for row in tx.execute(query):
        yield row.name, Target(subject=project(row.name), project_id=row.id)


def _find_accounts(tx: Transaction, names: list[str]) -> Iterator[tuple[str, Target]]:
    for name in tx.scalars(select(accounts.c.name).where(accounts.c.name.in_(names))):
        yield name, Target(subject=account(name))


def _find_tokens(tx: Transaction, names: list[str]) -> Iterator[tuple[str, Target]]:
    for token_id in tx.scalars(select(tokens.c.id).where(tokens.c.id.in_(names))):
        yield token_id, Target(subject=token(token_id))


_FINDERS = {
    "file": _find_files,
    "release": _find_releases,
    "project": _find_projects,
    "account": _find_accounts,
    "token": _find_tokens,
}


def _some(subjects: Iterable[str]) -> str:
    every = list(subjects)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more
