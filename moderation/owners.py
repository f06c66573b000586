"""What the members of a project may do with it: yank, withdraw, status, members."""

from dataclasses import dataclass
from datetime import datetime

from moderation import admission, decisions, undoing
from moderation.admission import Deed, Standing
from moderation.deciding import Why
from moderation.permissions import check_may_change, known_project
from storage import files, holds, journal, modes, projects, subjects
from storage.database import Transaction
from storage.problems import Conflict, Invalid, NotFound
from storage.records import Account, Act, Decision, Project, Status

MAX_REASON_CHARACTERS = 1_000
"""The longest reason of a yank or a status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A release of a project, or one file of it."""

    project: Project
    version: str
    release_id: int
    filename: str | None = None
    file_id: int | None = None

    @property
    def subject(self) -> str:
        """The part as moderation names it."""
        if self.filename is not None:
            return subjects.file(self.filename)
        return subjects.release(self.project.name, self.version)

    @property
    def subjects(self) -> set[str]:
        """The part, and what it is a part of."""
        release = subjects.release(self.project.name, self.version)
        return {self.subject, release, subjects.project(self.project.name)}


def release_part(tx: Transaction, project: str, version: str) -> Part:
    """A release, in any spelling of its project and version. Raises NotFound."""
    of = known_project(tx, project)
    found = files.release_by_version(tx, of.id, version)
    if found is None:
        raise NotFound(f"{of.spelled} has no release {version[:100]}.")
    return Part(project=of, release_id=found[0], version=found[1])


def file_part(tx: Transaction, project: str, filename: str) -> Part:
    """A file of the project. Raises NotFound."""
    of = known_project(tx, project)
    part = file_by_name(tx, filename)
    if part.project != of:
        raise NotFound(f"{of.spelled} has no file {filename[:255]}.")
    return part


def file_by_name(tx: Transaction, filename: str) -> Part:
    """A file of whatever project. Raises NotFound."""
    file = files.by_filename(tx, filename)
    if file is None:
        raise NotFound(f"There is no file {filename[:255]}.")
    return Part(
        project=known_project(tx, file.project),
        release_id=file.release_id,
        version=file.version,
        filename=filename,
        file_id=file.id,
    )


def yank(tx: Transaction, part: Part, account: Account, *, reason: str, at: datetime) -> None:
    """Yank a release or a file, with a reason that may be empty (PEP 592).

    Yanking again changes the reason. Raises Forbidden, Invalid.
    """
    _check_may_change(tx, part, account, at)
    _set_yank(tx, part, _checked(reason))
    _append(tx, part.project, account, "yank", part.subject, at, reason=reason)


def unyank(tx: Transaction, part: Part, account: Account, *, at: datetime) -> None:
    """Take a yank back. Raises Forbidden, and Conflict if it is not yanked."""
    _check_may_change(tx, part, account, at)
    if _yank(tx, part) is None:
        raise Conflict(f"{part.subject} is not yanked.")
    _set_yank(tx, part, None)
    _append(tx, part.project, account, "unyank", part.subject, at)


def withdraw(tx: Transaction, part: Part, account: Account, *, why: Why) -> Decision:
    """Take back a release or a file: a hold of the owner's own; the name stays taken.

    Raises Forbidden, and Conflict if it is withdrawn already.
    """
    _check_may_change(tx, part, account, why.at)
    if _is_withdrawn(tx, part, at=why.at):
        raise Conflict(f"{part.subject} is withdrawn already.")
    return decisions.hold(tx, [part.subject], why=why, act=Act.WITHDRAW)


def restore(tx: Transaction, part: Part, account: Account, *, why: Why) -> Decision:
    """Undo every withdrawal of the part, those undone already included, as a release does.

    Raises Forbidden, and Conflict if it is not withdrawn.
    """
    _check_may_change(tx, part, account, why.at)
    if not _is_withdrawn(tx, part, at=why.at):
        raise Conflict(f"{part.subject} is not withdrawn.")
    withdrawals = {hold.decision for hold in holds.by_ids(tx, _withdrawals(tx, part))}
    return undoing.undo_together(tx, sorted(withdrawals), why=why, act=Act.RESTORE)


def set_status(
    tx: Transaction,
    project: Project,
    account: Account,
    *,
    status: Status,
    reason: str,
    at: datetime,
) -> None:
    """What the owners say of the project (PEP 792). Raises Forbidden, Invalid."""
    if status is Status.QUARANTINED:
        raise Invalid("Only moderators quarantine a project, by a hold.")
    _check_project(tx, project, account, at)
    projects.set_status(tx, project.id, status, _checked(reason))
    subject = subjects.project(project.name)
    _append(tx, project, account, f"status-{status}", subject, at, reason=reason)


def add_member(
    tx: Transaction, project: Project, account: Account, member: Account, *, at: datetime
) -> None:
    """Let *member* publish to the project. Raises Forbidden, and Conflict if it does already."""
    _check_project(tx, project, account, at)
    if projects.is_member(tx, project.id, member.id):
        raise Conflict(f"{member.name} is a member of {project.spelled} already.")
    projects.add_member(tx, project.id, member.id, at=at)
    subject = subjects.project(project.name)
    _append(tx, project, account, "member-add", subject, at, member=member.name)


def remove_member(
    tx: Transaction, project: Project, account: Account, member: Account, *, at: datetime
) -> None:
    """Let *member* no longer publish. Raises Forbidden, NotFound, Conflict for the last one."""
    _check_project(tx, project, account, at)
    if not projects.is_member(tx, project.id, member.id):
        raise NotFound(f"{member.name} is not a member of {project.spelled}.")
    if len(projects.members_of(tx, project.id)) == 1:
        raise Conflict(
            f"{member.name} is the last member of {project.spelled}.",
            hint="Add another member first.",
        )
    projects.remove_member(tx, project.id, member.id, at=at)
    subject = subjects.project(project.name)
    _append(tx, project, account, "member-remove", subject, at, member=member.name)


def _check_project(tx: Transaction, project: Project, account: Account, at: datetime) -> None:
    admission.check(modes.admission(tx, at=at), Deed.CHANGE, Standing.TRUSTED)
    check_may_change(tx, project, account, at=at)


def _check_may_change(tx: Transaction, part: Part, account: Account, at: datetime) -> None:
    admission.check(modes.admission(tx, at=at), Deed.CHANGE, Standing.TRUSTED)
    check_may_change(tx, part.project, account, at=at, version=part.version, filename=part.filename)


def _yank(tx: Transaction, part: Part) -> str | None:
    if part.file_id is not None:
        return files.yank_of_file(tx, part.file_id)
    return files.yank_of_release(tx, part.release_id)


def _set_yank(tx: Transaction, part: Part, reason: str | None) -> None:
    if part.file_id is not None:
        files.set_yank_of_file(tx, part.file_id, reason)
    else:
        files.set_yank_of_release(tx, part.release_id, reason)


def _is_withdrawn(tx: Transaction, part: Part, *, at: datetime) -> bool:
    return any(hold.act is Act.WITHDRAW for hold in holds.on_subjects(tx, {part.subject}, at=at))


def _withdrawals(tx: Transaction, part: Part) -> set[int]:
    return set(holds.ever_on_subjects(tx, {part.subject}, acts=(Act.WITHDRAW,)))


def _checked(reason: str) -> str:
    if len(reason) > MAX_REASON_CHARACTERS:
        raise Invalid(f"A reason may have {MAX_REASON_CHARACTERS:,} characters.")
    return reason


def _append(
    tx: Transaction,
    project: Project,
    account: Account,
    act: str,
    subject: str,
    at: datetime,
    *,
    reason: str = "",
    **details: str,
) -> None:
    journal.append(
        tx,
        at=at,
        actor=account.actor,
        act=act,
        subject=subject,
        reason=reason,
        details=details,
        projects=[project.id],
    )
