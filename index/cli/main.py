"""The command `bascule`: every command of it, and how a refusal looks on a terminal."""

import os
import sys
from collections.abc import Sequence

import typer

from index.cli import (
    accounts,
    cases,
    checks,
    copies,
    journal,
    limits,
    moderation,
    modes,
    moving,
    outbox,
    projects,
    proposals,
    serving,
)
from index.logs import escaped
from storage.problems import Invalid, Problem

commands = typer.Typer(
    name="bascule",
    help="A Python package index that one person can run.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
commands.command("serve")(serving.serve)
commands.command("migrate")(moving.migrate)
commands.command("status")(checks.status)
commands.command("check")(checks.check)
commands.command("sweep")(checks.sweep)
commands.command("backup")(copies.backup)
commands.command("restore")(copies.restore)
commands.command("hold")(moderation.hold)
commands.command("release")(moderation.release)
commands.command("undo")(moderation.undo)
commands.command("vouch")(limits.vouch)
commands.command("limits")(limits.set_limits)
commands.command("decisions")(moderation.list_decisions)
commands.command("holds")(moderation.list_holds)
commands.command("erase")(proposals.erase)
commands.command("proposals")(proposals.list_proposals)
commands.command("confirm")(proposals.confirm)
commands.command("cancel")(proposals.cancel)
commands.command("queue")(cases.list_queue)
commands.command("case")(cases.show_case)
commands.command("dismiss")(cases.dismiss)
commands.command("outbox")(outbox.list_messages)
commands.command("yank")(projects.yank)
commands.command("unyank")(projects.unyank)
commands.command("withdraw")(projects.withdraw)
commands.command("restore-withdrawn")(projects.restore)
commands.add_typer(accounts.account_commands, name="account", help="Accounts: add, list, password.")
commands.add_typer(accounts.token_commands, name="token", help="Tokens: add, list, revoke.")
commands.add_typer(modes.mode_commands, name="mode", help="The mode of admission: show, set.")
commands.add_typer(projects.member_commands, name="member", help="Members of projects.")
commands.add_typer(projects.project_commands, name="project", help="Projects: status.")
commands.add_typer(
    journal.journal_commands,
    name="journal",
    help="The journal: verify, show, checkpoint, key, erase.",
)


def main() -> None:
    """Run one command. A Problem is told in its sentences, and the exit code is 1.

    What it makes, only the machine's account that runs it can read: also what workers make.
    """
    os.umask(0o077)
    try:
        _check_words(sys.argv[1:])
        commands()
    except Problem as problem:
        print(f"bascule: {escaped(problem.message)}", file=sys.stderr)  # noqa: T201
        if problem.hint:
            print(f"         {escaped(problem.hint)}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


def _check_words(words: Sequence[str]) -> None:
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError as error:
            raise Invalid(f"{word[:100]!r} is not UTF-8.") from error


if __name__ == "__main__":
    main()
