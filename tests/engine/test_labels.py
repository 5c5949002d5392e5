"""Every name that people read has exactly one label, and every label belongs to a name."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from engine import labels
from engine.audit.parity.gap_parts import PRICES
from engine.guard.verdicts import RULES
from engine.ranking.signals import answers
from engine.scoring.levers import adjustable
from engine.scoring.recommendation import CATEGORY_LIMIT
from engine.vocabulary import (
    ACTIONS,
    ALSO_MATCHED,
    LISTS,
    METRICS,
    PARTS,
    PRODUCT_SCORES,
    PURPOSES,
    TABLES,
)

ROOT = Path(__file__).resolve().parents[2]
NAMES = {
    "RULE_LABELS": (*RULES, CATEGORY_LIMIT),
    "METRIC_LABELS": METRICS,
    "PRODUCT_SCORE_LABELS": PRODUCT_SCORES,
    "PART_LABELS": (*PARTS, PRICES),
    "LIST_LABELS": LISTS,
    "ACTION_LABELS": ACTIONS,
    "DISMISSAL_LABELS": (*answers.SAYS_NO, *answers.SAYS_LITTLE, *answers.SAYS_NOTHING),
    "PURPOSE_LABELS": PURPOSES,
}


@cache
def dicts_with_words() -> list[tuple[str, frozenset[tuple[str, str]]]]:
    """File and pairs of every dict of names and words in the source."""
    return [
        (
            path.name,
            frozenset(
                (key.value, value.value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
            ),
        )
        for folder in ("engine", "pages")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Dict)
    ]


@pytest.mark.parametrize("table", NAMES)
def test_every_name_has_exactly_one_label_and_every_label_names_something(table):
    assert sorted(getattr(labels, table)) == sorted(NAMES[table])


@pytest.mark.parametrize("table", NAMES)
def test_no_two_names_share_a_label(table):
    said = Counter(label.casefold() for label in getattr(labels, table).values())
    assert max(said.values()) == 1


@pytest.mark.parametrize("table", [*NAMES, "SYSTEM_LABELS", "ALERT_TITLES"])
def test_a_label_stands_in_one_table_only(table):
    mine = set(getattr(labels, table).items())
    others = [name for name, pairs in dicts_with_words() if name != "labels.py" and pairs & mine]
    assert others == []


def test_only_rules_of_the_guard_are_locked_and_each_says_why():
    assert set(adjustable.LOCKED) == set(RULES) - {"allowed"}
    assert all(adjustable.LOCKED.values())
    assert adjustable.cannot_switch_off("held") == (
        "The rule “Already held” can never be switched off: nothing is sold twice."
    )


def test_a_learned_metric_is_one_of_the_metrics():
    assert set(labels.LEARNED_METRIC_LABELS) <= set(METRICS)


def test_a_rule_or_part_of_an_older_receipt_keeps_its_own_name():
    assert labels.rule_label("age limit") == "Age limit"
    assert labels.part_label("season_of_year") == "Season of year"


def test_every_column_has_a_name_of_its_own_and_every_name_belongs_to_one():
    for table, columns in TABLES.items():
        names = [*columns, *ALSO_MATCHED.get(table, ())]
        said = Counter(labels.column_label(name) for name in names)
        assert max(said.values()) == 1, table
    every = {name for table in (TABLES, ALSO_MATCHED) for names in table.values() for name in names}
    assert set(labels.COLUMN_LABELS) <= every


def test_a_reading_that_has_no_question_of_its_own_is_asked_about_all_the_same():
    asked = labels.question_about("shoe size").format(file="a.csv", column="b")
    assert asked == "Is the shoe size of b in a.csv read right?"
    assert labels.reading_label("two_feet") == "Two feet"
