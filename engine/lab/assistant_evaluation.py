"""Questions whose topics are known in; how well the assistant reads and refuses them, out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.assistant.nearest import Scorer
from engine.assistant.phrasings import NONE, shipped
from engine.assistant.slots import Finder
from engine.assistant.understanding import understand
from engine.bank.bank import Bank
from engine.errors import BadInput
from engine.lab.labelled_texts import read_table
from engine.rates import wilson
from engine.results import Conversation

OWN: Final = Path(__file__).with_name("assistant_questions.csv")
"""300 questions in five styles, written before the phrasings were scored on any of them."""
HALVES: Final = ("seen", "unseen")
"""The half that phrasings and rules were mended on, and the one that only judges."""
_SEED: Final = 20261130
_JOIN: Final = "+"


@dataclass(frozen=True, eq=False)
class AssistantEvaluation:
    """How well questions are read.

    Attributes
    ----------
    table : DataFrame
        half, style, n, n_right, share, low, high (Wilson, 95 %): all topics of a question and no
        other are read, or it is refused where it has none. Rows "on topic" sum the styles.
    wrong : DataFrame
        half, style, question, topics, read.
    read_by : str
        "words", or "meaning and words".
    """

    n: int
    table: pd.DataFrame
    wrong: pd.DataFrame
    read_by: str
    bars: tuple[float, ...]
    left_out: float
    """Share of the phrasings that are read right, each left out in turn."""

    def to_json(self) -> dict[str, Any]:
        """Tables as lists."""
        return {
            "n": self.n,
            "read_by": self.read_by,
            "bars": list(self.bars),
            "left_out": self.left_out,
            "styles": self.table.to_dict("records"),
            "wrong": self.wrong.to_dict("records"),
        }


def evaluate_assistant(
    bank: Bank, scorer: Scorer, vocabulary: dict[str, int], file: Path | None = None
) -> AssistantEvaluation:
    """Read every question as the assistant does, alone and of nobody before.

    Parameters
    ----------
    file : Path, optional
        CSV with the columns style, intents (joined by +, empty for what must be refused) and
        question, in which {customer} and {product} stand for those of the bank; by default our own.

    Raises
    ------
    BadInput
        If the file lacks a column or names a topic that there is not.
    """
    table = read_table(file or OWN).fillna("")
    if missing := {"style", "intents", "question"} - set(table.columns):
        raise BadInput(f"The file lacks {sorted(missing)}; expected style, intents and question.")
    unknown = set(_JOIN.join(table["intents"]).split(_JOIN)) - {*shipped().labels, ""}
    if unknown:
        known = ", ".join(one for one in shipped().labels if one != NONE)
        raise BadInput(f"Got the topics {sorted(unknown)}; expected some of {known}.")
    finder = Finder.of(bank, vocabulary)
    table["half"] = _halves(table["style"]) if file is None else "unseen"
    asked = filled(table["question"].tolist(), bank)
    today = bank.as_of.normalize()
    told = [understand(q, finder, scorer, Conversation(), bank.as_of, today) for q in asked]
    table["asked"] = asked
    table["read"] = [_JOIN.join(sorted(one.intent for one in each.topics)) for each in told]
    wanted = [_JOIN.join(sorted(filter(None, one.split(_JOIN)))) for one in table["intents"]]
    table["right"] = table["read"] == wanted
    wrong = table.loc[~table["right"], ["half", "style", "asked", "intents", "read"]]
    wrong = wrong.rename(columns={"asked": "question", "intents": "topics"})
    return AssistantEvaluation(
        len(table),
        _by_style(table),
        wrong.reset_index(drop=True),
        scorer.reader.name,
        scorer.bars,
        scorer.accuracy,
    )


def filled(questions: list[str], bank: Bank) -> list[str]:
    """Questions with customers, by name and every tenth by number, and products of a bank."""
    rng = np.random.default_rng(_SEED)
    people = bank["customers"].iloc[rng.permutation(bank.n_customers)[: len(questions)]]
    names = people["name"].astype("str").where(people["name"].notna(), people["customer_id"])
    whom = [
        str(number if n % 10 == 9 else name)
        for n, (name, number) in enumerate(zip(names, people["customer_id"], strict=True))
    ]
    what = bank["products"]["name"].dropna().astype("str").tolist() or ["the account"]
    return [
        text.replace("{customer}", whom[n % len(whom)]).replace("{product}", what[n % len(what)])
        for n, text in enumerate(questions)
    ]


def _halves(styles: pd.Series) -> pd.Series:
    """Half of each style, drawn once, was looked at while phrasings were written."""
    rng = np.random.default_rng(_SEED)
    half = pd.Series("unseen", index=styles.index, dtype="str")
    for style in dict.fromkeys(styles):
        rows = styles.index[styles == style].to_numpy()
        half[rng.permutation(rows)[: len(rows) // 2]] = "seen"
    return half


def _by_style(table: pd.DataFrame) -> pd.DataFrame:
    on_topic = table[table["intents"] != ""].assign(style="on topic")
    both = pd.concat([table, on_topic])
    both = pd.concat([both, both.assign(half="all")]) if "seen" in set(both["half"]) else both
    counts = both.groupby(["half", "style"], sort=False)["right"].agg(["size", "sum"]).reset_index()
    counts = counts.rename(columns={"size": "n", "sum": "n_right"})
    found = wilson(counts["n_right"].to_numpy(), counts["n"].to_numpy())
    return counts.assign(share=found.value, low=found.low, high=found.high)
