"""`bascule mode show` and `bascule mode set`: the ladder of admission."""

from typing import Annotated

import typer

from index.cli.moderation import Length, Until, say, why_of
from index.cli.opened import DataFolder, Reason, opened, show
from index.durations import end
from moderation import modes
from storage import modes as stored_modes
from storage.records import Mode

mode_commands = typer.Typer(no_args_is_help=True)


@mode_commands.command("show")
def show_mode(data: DataFolder = None) -> None:
    """Show the mode in force, and every other that would be if it were not."""
    with opened(data) as services:
        now = services.now()
        found = services.database.read_now(stored_modes.in_force_at, at=now)
    if not found:
        typer.echo(Mode.OPEN)
    show(
        (
            each.mode,
            f"since {each.since_at:%Y-%m-%d %H:%M}" if each.since_at else "",
            f"until {each.until_at:%Y-%m-%d %H:%M}" if each.until_at else "until it is left",
            f"decision {each.decision}",
            each.reason,
        )
        for each in found
    )


@mode_commands.command("set")
def set_mode(
    step: Annotated[Mode, typer.Argument(help="The step of the ladder; open leaves every other.")],
    reason: Reason,
    length: Length = None,
    until: Until = None,
    data: DataFolder = None,
) -> None:
    """Put the index into a mode, for some time or until it is left."""
    with opened(data) as services:
        why = why_of(services, reason)
        ends_at = end(length=length, until=until, now=why.at)
        made = services.database.write_now(modes.set_mode, step, why=why, until=ends_at)
        what = "every mode is left" if step is Mode.OPEN else f"the mode {step} is set"
        say(services, made, what)
