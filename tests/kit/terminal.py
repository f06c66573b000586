"""The command line of a world, in process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner, Result

from index.cli.main import commands
from storage.problems import Problem
from tests.kit import placed


@dataclass(frozen=True)
class Terminal:
    """Whoever may run `bascule` on the machine of an index."""

    folder: Path

    def says(self, *words: str, typed: str = "", env: Mapping[str, str] | None = None) -> str:
        """What a command prints. Raises the Problem that it would tell."""
        answer = self._runs(words, typed, env)
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    def fails(self, *words: str, typed: str = "", env: Mapping[str, str] | None = None) -> str:
        """What a command prints that ends with 1: a failure if it does not."""
        answer = self._runs(words, typed, env)
        assert answer.exit_code == 1, answer.output
        return answer.stdout

    def refuses(self, *words: str, typed: str = "", env: Mapping[str, str] | None = None) -> str:
        """The sentences with which a command is refused: a failure if it is not."""
        try:
            said = self.says(*words, typed=typed, env=env)
        except Problem as problem:
            return " ".join(filter(None, [problem.message, problem.hint]))
        raise AssertionError(said)

    def _runs(self, words: Sequence[str], typed: str, env: Mapping[str, str] | None) -> Result:
        all_of_it = {**placed.environment(self.folder), **(env or {})}
        answer = CliRunner().invoke(
            commands, [*words, "--data", str(self.folder)], input=typed, env=all_of_it
        )
        if isinstance(answer.exception, Problem):
            raise answer.exception
        return answer
