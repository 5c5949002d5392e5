"""Outcomes of a campaign in; how well a model told who would say yes, on its last contacts, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.audit.evaluation import bootstrap
from engine.bank.bank import Bank
from engine.customers.columns import bank_columns
from engine.customers.learned_metrics.accuracy import auc_interval
from engine.customers.learned_metrics.choice import simplest
from engine.customers.learned_metrics.column_checks import checked, traits_of
from engine.customers.learned_metrics.fit import fitted, smallest_class
from engine.customers.metrics.learned_metric import ADDITIVE, FORM_LABELS, LINEAR, as_numbers
from engine.customers.protected_traits import without_protected_traits
from engine.results import ResponseEvaluation
from engine.settings import Settings

LABEL = "accepted"
"""Name of the label that says what became of a contact."""
TOP_SHARE = 0.1


def evaluate_response(bank: Bank, settings: Settings) -> ResponseEvaluation | None:
    """Learn from the first contacts and judge on the last.

    None where the bank brings no outcomes (a label `accepted` a contact) or too few, where a part
    that learns or judges has one outcome alone, or where no column is left. Nothing that
    must not score is read, nothing that gives the answer or a protected trait away, and nothing
    that an importer refused (the length of a call is known only after it).
    """
    chosen, seed = settings.evaluation, settings.models.seed
    labels = bank["labels"]
    mine = labels.loc[labels["name"] == LABEL].sort_values("known_on", kind="stable")
    if len(mine) < chosen.response_min_contacts or mine["value"].nunique() < 2:
        return None
    rows = bank.customer_positions(mine["customer_id"])
    yes = (mine["value"].to_numpy() > 0).astype(float)
    start = round((1 - chosen.response_test_share) * len(mine))
    inner = round((1 - chosen.response_test_share) * start)
    if min(smallest_class(part) for part in np.split(yes, [inner, start])) < 2:
        return None
    read = without_protected_traits(bank, settings.fairness.proxies)
    columns, of_tables = _before(read, mine["known_on"].min(skipna=False))
    seen = columns.iloc[rows]
    traits = {name: values[rows[:start]] for name, values in traits_of(bank).items()}
    checks = checked(seen[:start], yes[:start], traits, seen[:0])
    table = _with_calendar(seen[checks.loc[checks["used"], "column"]], mine["known_on"])
    once = _seen_once(table[:start], mine["known_on"].iloc[:start])
    table = table.drop(columns=once)
    if table.empty:
        return None
    form, columns = _form(table[:start], yes[:start], 1 - chosen.response_test_share, seed)
    chance = _chances(table[columns], yes, start, form, seed)
    plain = _chances(table[_without_calendar(table)], yes, start, LINEAR, seed)
    base = float(yes[:start].mean())
    rival = auc_interval(yes[start:], plain)
    return ResponseEvaluation(
        label=LABEL,
        n=len(mine) - start,
        n_positive=int(yes[start:].sum()),
        n_train=start,
        since=mine["known_on"].iloc[start],
        table=_table(chance, yes[start:], base, seed),
        used=tuple(columns),
        notes=(
            f"{base:.1%} of the first {start:,} contacts said yes, "
            f"{yes[start:].mean():.1%} of the last {len(mine) - start:,}.",
            f"Learned by {FORM_LABELS[form]}, the simplest that none surely beat on the last of "
            "the first contacts.",
            f"A regression on columns without the calendar: AUC {rival.value:.3f} "
            f"[{rival.low:.3f}, {rival.high:.3f}], lift {_lift_of(plain, yes[start:]):.2f}.",
            "Gender, age, place and marital status are not read.",
            *of_tables,
            *(["The month is left out: most months came once."] if once else []),
            *(
                f"Left out: {row.column} {row.why}."
                for row in checks[~checks["used"]].itertuples(index=False)
            ),
        ),
    )


_ROW_DATES: Final = {
    "holdings": ["opened_on"],
    "accounts": ["opened_on", "as_of"],
    "contacts": ["contacted_at"],
}
"""What dates the rows of a table, and the figures in them."""


def _before(bank: Bank, first: pd.Timestamp) -> tuple[pd.DataFrame, list[str]]:
    """Every column as it was before the first contact, and what is said of them.

    A table with a row that has no date is left out: the row may come of the contact itself. So is
    the credit limit, which is always today's.
    """
    there = [name for name in _ROW_DATES if len(bank[name])]
    dated = [
        name
        for name in there
        if pd.notna(first) and bank[name][_ROW_DATES[name]].notna().all(axis=None)
    ]
    columns = bank_columns(bank)
    columns = columns[[name for name in columns if name.partition(".")[0] not in _ROW_DATES]]
    notes = []
    if dated:
        then = bank_columns(bank.until(first - pd.Timedelta(days=1)))
        then = then[[name for name in then if name.partition(".")[0] in dated]]
        columns = columns.join(then.loc[:, ~then.columns.str.startswith("accounts.credit_limit")])
        notes.append(f"As of the day before the first contact: {', '.join(dated)}.")
    if undated := [name for name in there if name not in dated]:
        notes.append(
            f"Left out, since rows without a date may come after a contact: {', '.join(undated)}."
        )
    return columns, notes


_CALENDAR: Final = "calendar."


def _with_calendar(table: pd.DataFrame, days: pd.Series) -> pd.DataFrame:
    """With what the calendar says of a contact beforehand: month, day and weekday.

    A column of the source that says the same is the calendar too.
    """
    if days.isna().any():
        return table
    known = {
        "month": days.dt.month_name().to_numpy(dtype=object),
        "day": days.dt.day.to_numpy(dtype=float),
        "weekday": days.dt.day_name().to_numpy(dtype=object),
    }
    same = [name for name in table if any(_says(table[name], values) for values in known.values())]
    named = {f"{_CALENDAR}{name}": values for name, values in known.items()}
    return table.drop(columns=same).assign(**named)


def _says(column: pd.Series, values: np.ndarray) -> bool:
    """Does each value of a column stand for one of the others, and the other way round?"""
    pairs = pd.DataFrame({"one": column.to_numpy(), "two": values}).drop_duplicates()
    return len(pairs) > 1 and not (pairs["one"].duplicated() | pairs["two"].duplicated()).any()


def _seen_once(table: pd.DataFrame, days: pd.Series) -> list[str]:
    """The month, where most contacts fall in months that came once: then it cannot be told from
    the time itself, and what it seems to say need not come again."""
    name = f"{_CALENDAR}month"
    if name not in table:
        return []
    years = days.dt.year.groupby(days.dt.month).transform("nunique")
    return [name] if (years < 2).mean() > 0.5 else []


def _without_calendar(table: pd.DataFrame) -> list[str]:
    """The columns without the calendar's; all where there are no others."""
    others = [name for name in table if not name.startswith(_CALENDAR)]
    return others or list(table.columns)


def _form(table: pd.DataFrame, yes: np.ndarray, share: float, seed: int) -> tuple[str, list[str]]:
    """The simplest form, with or without the calendar, that none surely beats on later contacts.

    Months of one year need not be like those of the next, so the calendar has to prove itself.
    """
    start = round(share * len(yes))
    ways = [
        (form, columns)
        for form in (LINEAR, ADDITIVE)
        for columns in (_without_calendar(table), list(table.columns))
    ]
    scores = [_chances(table[columns], yes, start, form, seed) for form, columns in ways]
    return ways[simplest(yes[start:], scores)]


def _chances(table: pd.DataFrame, yes: np.ndarray, start: int, form: str, seed: int) -> np.ndarray:
    """Chances of the contacts from `start` on, by a model of those before."""
    words, model = fitted(table[:start], yes[:start], form=form, signs={}, seed=seed)
    return 1 / (1 + np.exp(-model.raw(as_numbers(table[start:], words))))


def _table(chance: np.ndarray, yes: np.ndarray, base: float, seed: int) -> pd.DataFrame:
    first = _first(chance)
    errors = np.column_stack([(chance - yes) ** 2, (base - yes) ** 2])
    brier = bootstrap(errors, seed=seed)
    auc = auc_interval(yes, chance)
    rng = np.random.default_rng(seed)
    drawn = [rng.integers(0, len(yes), len(yes)) for _ in range(200)]
    lift = [_lift(first[rows], yes[rows]) for rows in drawn]
    rows = [
        ("auc", auc.value, auc.low, auc.high),
        ("brier", brier.value[0], brier.low[0], brier.high[0]),
        ("brier_base", brier.value[1], brier.low[1], brier.high[1]),
        ("lift@10%", _lift(first, yes), *np.nanquantile(lift, [0.025, 0.975])),
    ]
    return pd.DataFrame(rows, columns=["metric", "value", "low", "high"])


def _first(chance: np.ndarray) -> np.ndarray:
    """1 for the tenth that is asked first."""
    first = np.zeros(len(chance))
    first[np.argsort(-chance, kind="stable")[: max(1, round(TOP_SHARE * len(chance)))]] = 1.0
    return first


def _lift_of(chance: np.ndarray, yes: np.ndarray) -> float:
    return _lift(_first(chance), yes)


def _lift(first: np.ndarray, yes: np.ndarray) -> float:
    """Rate of yes among those who come first, over the rate among all."""
    return float((first * yes).sum() / first.sum() / yes.mean()) if yes.any() else float("nan")
