"""Settings of an earlier release keep their meaning."""

import json
from types import SimpleNamespace

from engine.customers.finances.assumed_amounts import in_currency
from engine.receipts.archive import RULES_SINCE, Archive
from engine.settings import default, load


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
    for rule in (
        "lower_level_by_name",
        "large_minimum_needs_wealth",
        "salary_needs_job",
        "minimum_needs_figure",
        "no_credit_refused",
        "one_account_in",
        "max_premium_share",
    ):
        assert not getattr(settings.guard, rule) and getattr(default().guard, rule)
    assert default().guard.read_terms and default().guard.services_need_reason


def test_what_a_receipt_says_of_these_rules_holds():
    kept, name = archive(read_terms=True, services_need_reason=False)
    settings, _ = kept.settings(name)
    assert settings.guard.read_terms and not settings.guard.services_need_reason


def test_where_no_margin_was_assumed_none_is_loaded_from_what_is_shipped():
    own = {"money": {"product_margin": {"Loan": 90.0}}}
    then = in_currency(load(**own), "XOF", own)
    texts: dict[str, str] = {}
    kept = Archive(SimpleNamespace(all=lambda: texts, get=texts.get, put=texts.__setitem__))
    settings, unknown = kept.settings(kept.put_settings(then))
    assert (settings, unknown) == (then, [])
    assert settings.money.product_margin == {"Loan": 90.0}
