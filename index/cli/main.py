"""The command `bascule`: every command of it, and how a refusal looks on a terminal."""

import sys

import typer

from index.cli import accounts, checks, moderation, projects, serving
from storage.problems import Problem

commands = typer.Typer(
    name="bascule",
    help="A Python package index that one person can run.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
commands.command("serve")(serving.serve)
commands.command("migrate")(serving.migrate)
commands.command("status")(checks.status)
commands.command("check")(checks.check)
commands.command("sweep")(checks.sweep)
commands.command("hold")(moderation.hold)
commands.command("release")(moderation.release)
commands.command("undo")(moderation.undo)
commands.command("decisions")(moderation.list_decisions)
commands.command("holds")(moderation.list_holds)
commands.command("yank")(projects.yank)
commands.command("unyank")(projects.unyank)
commands.command("withdraw")(projects.withdraw)
commands.command("restore-withdrawn")(projects.restore)
commands.add_typer(accounts.account_commands, name="account", help="Accounts: add, list, password.")
commands.add_typer(accounts.token_commands, name="token", help="Tokens: add, list, revoke.")
commands.add_typer(projects.member_commands, name="member", help="Members of projects.")
commands.add_typer(projects.project_commands, name="project", help="Projects: status.")
commands.add_typer(checks.journal_commands, name="journal", help="The journal: verify, show.")


def main() -> None:
    """Run one command. A Problem is told in its sentences, and the exit code is 1."""
    try:
        commands()
    except Problem as problem:
        print(f"bascule: {problem.message}", file=sys.stderr)  # noqa: T201
        if problem.hint:
            print(f"         {problem.hint}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


if __name__ == "__main__":
    main()
