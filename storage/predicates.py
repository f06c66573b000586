"""What makes something visible: the predicate of law 3, for the one visibility query alone."""

from sqlalchemy import case, exists, func, select

from storage.holds import in_force
from storage.schema import decisions, files, hold_ends, holds, projects, releases

hides = holds.c.hide | holds.c.wait

of_project = (
    (holds.c.project_id == projects.c.id) & holds.c.release_id.is_(None) & holds.c.file_id.is_(None)
)
quarantined = exists().where(of_project, hides, in_force)
release_shown = ~exists().where(holds.c.release_id == releases.c.id, hides, in_force)
file_shown = ~exists().where(holds.c.file_id == files.c.id, hides, in_force)
shown = file_shown & release_shown & ~quarantined
"""The predicate of law 3: no hold in force hides the file, its release or its project, and the
file does not wait."""

_its = files.alias("its")
name_is_public = ~projects.c.waited | exists().where(
    _its.c.project_id == projects.c.id,
    ~exists().where(holds.c.file_id == _its.c.id, holds.c.wait, in_force),
)
"""Whether the name is public. One that came with an upload that has to wait is not, until one of
its files is: it is reserved, and nobody is told of it."""

_opening, _ending = decisions.alias("received"), decisions.alias("published")
published_at = case(
    (
        files.c.waited,
        func.coalesce(
            select(
                func.max(
                    select(func.min(_ending.c.at))
                    .join(hold_ends, hold_ends.c.decision_id == _ending.c.id)
                    .where(hold_ends.c.hold_id == holds.c.id, _ending.c.effective)
                    .correlate(holds)
                    .scalar_subquery()
                )
            )
            .join(_opening, _opening.c.id == holds.c.decision_id)
            .where(
                holds.c.file_id == files.c.id,
                holds.c.wait,
                holds.c.from_at <= files.c.uploaded_at,
                _opening.c.effective,
            )
            .correlate(files)
            .scalar_subquery(),
            files.c.uploaded_at,
        ),
    ),
    else_=files.c.uploaded_at,
)
"""MODERATION.md: a file that waited gets its upload-time when it becomes public, others keep
theirs: the moment when the last hold it was received under was ended, for the first time."""
