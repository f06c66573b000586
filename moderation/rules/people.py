"""Who uploads, how much at once, and after how long."""

from datetime import timedelta

from moderation.rules.facts import Noticed, Upload

NEW_ACCOUNT_VERSION = BURST_VERSION = DORMANT_VERSION = 1
NEW_ACCOUNT, BURST, DORMANT = 10, 30, 40

BURST_FILES = 10
"""So many files in 10 minutes are a burst."""

DORMANT_AFTER = timedelta(days=365)
"""A project without an upload for so long is dormant."""


def new_account(upload: Upload) -> Noticed:
    """An upload of an account that is new here.

    Fires until the account is trusted. An account that somebody vouched for does not.
    """
    if upload.account_is_new:
        days = upload.account_age.days
        old = f"{days} days" if days != 1 else "1 day"
        why = f"The account {upload.account} is new: {old} old, and nothing public for long."
        yield upload.noticed("new-account", NEW_ACCOUNT_VERSION, NEW_ACCOUNT, why)


def burst(upload: Upload) -> Noticed:
    """Many files of one account in a short time.

    Fires from the tenth file within 10 minutes on. Nine do not, nor ten in an hour.
    """
    count = upload.files_in_10_minutes + 1
    if count >= BURST_FILES:
        why = f"The account {upload.account} uploaded {count} files within 10 minutes."
        yield upload.noticed("burst", BURST_VERSION, BURST, why)


def dormant(upload: Upload) -> Noticed:
    """The first upload to a project after a long time: maybe its owner's password was found.

    Fires when the last upload was more than a year ago. One eleven months later does not.
    """
    last = upload.last_upload_at
    if last is not None and upload.at - last > DORMANT_AFTER:
        why = f"The last upload to {upload.project} before this one was on {last:%Y-%m-%d}."
        yield upload.noticed("dormant", DORMANT_VERSION, DORMANT, why)
