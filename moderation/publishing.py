"""Publishing: who may add which file, and the rows that make an upload exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation import before, limits, noticing, trust, waiting
from moderation.admission import Standing
from moderation.before import Published
from moderation.limits import Usage
from moderation.permissions import check_accepts_uploads, check_may_change, check_token_covers
from moderation.submissions import Candidate, Submission
from moderation.terms import Terms
from storage import files, journal, projects, subjects
from storage.database import Transaction
from storage.problems import Invalid, TooLarge
from storage.records import Account, Amassed, Blob, Project, Stored, Target, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is known of a candidate that may come in."""

    project: Project | None
    """Which gets it; None: a new one."""
    release: tuple[int, str] | None
    """Which gets it, by number and stored version; None: a new one."""
    file: Stored | None
    """Which has its name already."""
    standing: Standing
    """Of who sends it."""
    waits: tuple[int, ...]
    """The decisions that it waits for."""
    usage: Sequence[Usage] | None
    """The limits of who sends it, this file counted; None: it is here already."""
    serial: int
    """Of the journal: for as long as that is its last, nothing has changed (law 6)."""


def judge(
    tx: Transaction,
    candidate: Candidate,
    account: Account,
    token: Token | None,
    *,
    terms: Terms,
    at: datetime,
) -> Judged:
    """Whether the file would be taken, and for which decisions it would wait.

    Asks everything that can be asked before the bytes are here; *publish* asks it again.
    Raises Forbidden, UsedUp, and Invalid for a name too much like another project's.
    """
    check_token_covers(token, candidate.project)
    project = projects.by_name(tx, candidate.project)
    standing = trust.standing(tx, account, at=at, trial=terms.trial)
    waits = waiting.admitted(tx, project, standing, at)
    release = usage = None
    if project is None:
        _check_not_confusable(tx, candidate)
    else:
        # PEP 440 equates 1.0 and 1.0.0: a hold names the release as its first file spelled it.
        release = files.release_by_version(tx, project.id, candidate.version)
        check_may_change(tx, project, account, at=at, version=release[1] if release else None)
        check_accepts_uploads(project)
    file = files.by_filename(tx, candidate.filename)
    if file is None:  # Else nothing would be added.
        usage = limits.with_one_more(
            tx, account, standing, takes_name=project is None, terms=terms, at=at
        )
    return Judged(
        project=project,
        release=release,
        file=file,
        standing=standing,
        waits=waits,
        usage=usage,
        serial=journal.last_serial(tx),
    )


def publish(
    tx: Transaction,
    submission: Submission,
    account: Account,
    token: Token | None,
    *,
    terms: Terms,
    at: datetime,
    judged: Judged | None = None,
) -> Published:
    """Add the file, or say that exactly this file was here already.

    What was *judged* a moment ago is judged once more if anything has changed since. The first
    file of a new name takes the name and makes the account its member, also while it waits.
    Raises Forbidden, UsedUp, Invalid, TooLarge, as *judge* and *what_became* do.
    """
    candidate = submission.candidate
    if judged is None or judged.serial != journal.last_serial(tx):
        judged = judge(tx, candidate, account, token, terms=terms, at=at)
    if judged.file is not None:
        return before.what_became(tx, judged.file, candidate.project, submission.blob, at=at)
    amassed = files.amassed(tx, judged.project.id) if judged.project else Amassed()
    noticed = noticing.notice(
        tx, submission, account, judged.standing, judged.project, amassed, terms=terms, at=at
    )
    waited = bool(judged.waits) or noticed.waits
    project = judged.project or _take_name(tx, candidate, account, waited=waited, at=at)
    _check_quota(project, amassed, submission.blob, terms)
    release_id = _release(tx, project, judged.release, candidate, at)
    file = _add(tx, project, release_id, submission, account, waited=waited, at=at)
    waiting.begin(tx, file, judged.waits, at=at)
    noticing.begin_wait(tx, file, noticed, at=at)
    case = noticing.case_for(tx, file, noticed, waits=waited, at=at)
    serial = _journal(tx, project, submission, account, waits=judged.waits, case=case, at=at)
    noticing.keep(tx, noticed, case=case, serial=serial, at=at)
    waits_for = waiting.reason(tx, candidate.filename, at=at) if waited else None
    return Published(new=True, waits_for=waits_for, usage=judged.usage)


def _check_not_confusable(tx: Transaction, candidate: Candidate) -> None:
    if other := projects.by_skeleton(tx, candidate.skeleton):
        raise Invalid(
            f"The name {candidate.spelled} is too much like the project {other.spelled}.",
            hint="Choose a name that nobody takes for the other one.",
        )


def _take_name(
    tx: Transaction, candidate: Candidate, account: Account, *, waited: bool, at: datetime
) -> Project:
    project = projects.add(
        tx,
        name=candidate.project,
        spelled=candidate.spelled,
        skeleton=candidate.skeleton,
        waited=waited,
        at=at,
    )
    projects.add_member(tx, project.id, account.id, at=at)
    journal.append(
        tx,
        at=at,
        actor=account.actor,
        act="project-add",
        subject=subjects.project(project.name),
        projects=[project.id],
    )
    return project


def _check_quota(project: Project, amassed: Amassed, blob: Blob, terms: Terms) -> None:
    if amassed.size_bytes + blob.size_bytes > terms.project_bytes:
        raise TooLarge(
            f"With this file {project.spelled} would have more than its "
            f"{terms.project_bytes:,} bytes.",
            hint="Ask the operator of this index for a larger quota.",
        )


def _release(
    tx: Transaction,
    project: Project,
    found: tuple[int, str] | None,
    candidate: Candidate,
    at: datetime,
) -> int:
    if found is None:
        return files.add_release(tx, project.id, candidate.version, at=at)
    if candidate.filetype == "sdist" and (sdist := files.sdist_of(tx, found[0])):
        raise Invalid(
            f"Release {candidate.version} has an sdist already: {sdist}.",
            hint="A release has one sdist. Raise the version.",
        )
    return found[0]


def _add(
    tx: Transaction,
    project: Project,
    release_id: int,
    submission: Submission,
    account: Account,
    *,
    waited: bool,
    at: datetime,
) -> Target:
    candidate = submission.candidate
    file_id = files.add(
        tx,
        project_id=project.id,
        release_id=release_id,
        filename=candidate.filename,
        filetype=candidate.filetype,
        python_version=candidate.python_version,
        blob=submission.blob,
        requires_python=submission.requires_python,
        core_metadata=submission.core_metadata,
        metadata=submission.metadata,
        comment=submission.comment,
        uploaded_by=account.id,
        waited=waited,
        runs_setup=submission.runs_setup,
        at=at,
    )
    subject = subjects.file(candidate.filename)
    return Target(subject=subject, project_id=project.id, file_id=file_id)


def _journal(
    tx: Transaction,
    project: Project,
    submission: Submission,
    account: Account,
    *,
    waits: tuple[int, ...],
    case: int | None,
    at: datetime,
) -> int:
    candidate = submission.candidate
    details = {
        "version": candidate.version,
        "sha256": submission.blob.sha256,
        "size_bytes": submission.blob.size_bytes,
        **({"waits": waits} if waits else {}),
    }
    return journal.append(
        tx,
        at=at,
        actor=account.actor,
        act="upload",
        subject=subjects.file(candidate.filename),
        details=details,
        projects=[project.id],
        cases=[] if case is None else [case],
    )
