"""Settings of an earlier release keep their meaning."""

import json
from types import SimpleNamespace

from engine.receipts.archive import RULES_SINCE, Archive
from engine.settings import default


def archive(**guard: object) -> tuple[Archive, str]:
    """One that holds today's settings without the rules that came since, and their name."""
    stored = default().model_dump(mode="json")
    for rule in RULES_SINCE["guard"]:
        del stored["guard"][rule]
    stored["guard"] |= guard
    texts: dict[str, str] = {}
    kept = Archive(SimpleNamespace(all=lambda: texts, get=texts.get, put=texts.__setitem__))
    return kept, kept.put(json.dumps(stored).encode())


def test_a_receipt_of_before_is_read_without_the_rules_that_came_since():
    kept, name = archive()
    settings, unknown = kept.settings(name)
    assert not unknown
    assert (settings.guard.read_terms, settings.guard.services_need_reason) == (False, False)
    assert (settings.guard.no_lower_level_in, settings.guard.one_level_a_list) == ([], False)
    assert default().guard.read_terms and default().guard.services_need_reason


def test_what_a_receipt_says_of_these_rules_holds():
    kept, name = archive(read_terms=True, services_need_reason=False)
    settings, _ = kept.settings(name)
    assert settings.guard.read_terms and not settings.guard.services_need_reason
