"""The command line of a world, in process."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from index.cli.main import commands
from storage.problems import Problem
from tests.kit import placed


@dataclass(frozen=True)
class Terminal:
    """Whoever may run `bascule` on the machine of an index."""

    folder: Path

    def says(self, *words: str, typed: str = "", env: Mapping[str, str] | None = None) -> str:
        """What a command prints. Raises the Problem that it would tell."""
        all_of_it = {**placed.environment(self.folder), **(env or {})}
        answer = CliRunner().invoke(
            commands, [*words, "--data", str(self.folder)], input=typed, env=all_of_it
        )
        if isinstance(answer.exception, Problem):
            raise answer.exception
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    def refuses(self, *words: str, typed: str = "", env: Mapping[str, str] | None = None) -> str:
        """The sentences with which a command is refused: a failure if it is not."""
        try:
            said = self.says(*words, typed=typed, env=env)
        except Problem as problem:
            return " ".join(filter(None, [problem.message, problem.hint]))
        raise AssertionError(said)
