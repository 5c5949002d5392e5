"""Texts by name that are kept in memory, for the services of views and notes as they are."""

from types import SimpleNamespace


class FakeTexts:
    """Stands in for `engine.state.rows.Texts`."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def all(self) -> dict[str, str]:
        return dict(self._texts)

    def get(self, name: str) -> str | None:
        return self._texts.get(name)

    def put(self, name: str, content: str) -> None:
        self._texts[name] = content

    def settle(self, name: str, content: str) -> str:
        return self._texts.setdefault(name, content)

    def replace(self, name: str, content: str, *, expected: str | None = None) -> bool:
        return self.move(name, name, content, expected=expected)

    def move(self, name: str, to: str, content: str, *, expected: str | None = None) -> bool:
        there = self._texts.get(name)
        if there is None or (to != name and to in self._texts) or expected not in (None, there):
            return False
        del self._texts[name]
        self._texts[to] = content
        return True

    def remove(self, name: str) -> bool:
        return self._texts.pop(name, None) is not None


def snapshots() -> SimpleNamespace:
    """What the services ask of the snapshots."""
    names = ("views_saved", "views_opened", "notes_pinned")
    return SimpleNamespace(state=SimpleNamespace(**{name: FakeTexts() for name in names}))
