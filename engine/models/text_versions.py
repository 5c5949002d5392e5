"""Text models fitted on a bank's own labels, in numbered folders, and which of a task serves."""

import json
import shutil
from pathlib import Path
from typing import Any, Final

from engine.bank import disk
from engine.errors import BadInput, StateError
from engine.models.categories import FACTS, TextClassifier

SENTIMENT: Final = "sentiment"
TOPIC: Final = "topic"
CATEGORY: Final = "category"
TASKS: Final = (SENTIMENT, TOPIC, CATEGORY)

_SERVES = "serves.json"
_LOCK = ".lock"
_DRAFT = ".draft"


class TextVersions:
    """The fitted text models of one bank.

    Parameters
    ----------
    folder : Path
        STATE/<bank_id>/texts: a folder a task, in it one for each version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def revision(self) -> str:
        """Changes when another version serves; costs one `stat` a task."""
        return disk.revision_of(*(self.folder / task / _SERVES for task in TASKS))

    def numbers(self, task: str) -> list[int]:
        """The versions of a task, the first one first."""
        _check(task)
        return sorted(int(p.name) for p in (self.folder / task).glob("*") if p.name.isdigit())

    def serving(self, task: str) -> int | None:
        """The version that serves; None where the default does.

        Raises
        ------
        StateError
            If the note of it cannot be read.
        """
        _check(task)
        note = self.folder / task / _SERVES
        try:
            number = json.loads(note.read_text("utf-8"))["version"]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StateError(
                f"{note} cannot be read ({error}). Remove it to go back to the default model."
            ) from error
        return int(number) if number is not None else None

    def path(self, task: str, number: int) -> Path:
        """Folder of a version."""
        return self.folder / task / str(number)

    def serving_path(self, task: str) -> Path | None:
        """Folder of the version that serves; None where the default does."""
        number = self.serving(task)
        return None if number is None else self.path(task, number)

    def facts(self, task: str, number: int) -> dict[str, Any]:
        """What a version was fitted on and how well it did."""
        file = self.path(task, number) / FACTS
        try:
            facts: dict[str, Any] = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise StateError(f"{file} cannot be read ({error}). Run fit-text again.") from error
        return facts

    def add(self, task: str, model: TextClassifier, facts: dict[str, Any]) -> int:
        """Save the next version of a task; it does not serve yet."""
        _check(task)
        home = self.folder / task
        home.mkdir(parents=True, exist_ok=True)
        with disk.held(home / _LOCK):
            number = max(self.numbers(task), default=0) + 1
            draft = home / _DRAFT
            shutil.rmtree(draft, ignore_errors=True)
            model.save(draft, facts)
            draft.rename(self.path(task, number))
            disk.sync_folder(home)
        return number

    def let_serve(self, task: str, number: int | None) -> None:
        """Have a version of a task serve, or with None the default."""
        if number is not None and number not in self.numbers(task):
            known = ", ".join(map(str, self.numbers(task))) or "none"
            raise BadInput(f"There is no version {number} of {task}; there are {known}.")
        text = json.dumps({"version": number}) + "\n"
        disk.write_whole(self.folder / task / _SERVES, text.encode())


def _check(task: str) -> None:
    if task not in TASKS:
        raise BadInput(f"Got the task {task!r}; expected one of {', '.join(TASKS)}.")
