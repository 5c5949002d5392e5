"""Posts, tickets, chats and calls that fit their writers, from the templates of texts.toml."""

import itertools

import numpy as np
import pandas as pd

from engine.demo import personas
from engine.demo.dates import AS_OF, MONTHS, WINDOW_START
from engine.demo.draws import stream, texts, with_ids, words
from engine.demo.population import Population
from engine.vocabulary import CORPORATE

_FILLINGS = 24
_TOPICS = {
    "growth": "investing", "family": "children", "tech": "technology", "luxury": "lifestyle",
    "borrowing": "debt", "protection": "insurance", "green": "sustainability", "calm": "budget",
    "trade": "exports", "staff": "hiring", "tills": "card payments", "digital": "digitisation",
    "cashflow": "cash flow", "expansion": "growth",
}  # fmt: skip
_MOODS = "+=-"
# Mean number per customer in two years: retail, corporate (own choice).
_MANY = {"post": (3.2, 2.0), "ticket": (1.1, 1.6), "chat": (0.6, 0.6), "voice": (0.25, 0.3)}
_SMALL_TALK_UTILITY = 0.9


class _Pool:
    """Every filled text of one kind, sorted by theme and mood so that drawing is arithmetic."""

    def __init__(self, audience: str, kind: str, rng: np.random.Generator) -> None:
        themes = words("texts")[audience][kind]
        self.themes = list(themes)
        self.texts: list[str] = []
        self.brands: list[str | None] = []
        self.span = np.zeros((len(themes), len(_MOODS), 2), dtype=np.int64)
        for t, theme in enumerate(themes.values()):
            for m, mood in enumerate(_MOODS):
                self.span[t, m, 0] = len(self.texts)
                for template in (x[1:] for x in theme["texts"] if x[0] == mood):
                    for _ in range(_FILLINGS):
                        self._fill(template, theme["brands"], rng)
                self.span[t, m, 1] = len(self.texts)

    def _fill(self, template: str, brands: list[str], rng: np.random.Generator) -> None:
        brand = brands[rng.integers(len(brands))]
        filled = template.replace("{brand}", brand)
        for slot, values in words("texts")["slots"].items():
            while f"{{{slot}}}" in filled:
                filled = filled.replace(f"{{{slot}}}", values[rng.integers(len(values))], 1)
        self.texts.append(filled[0].upper() + filled[1:])
        self.brands.append(brand if "{brand}" in template else None)

    def draw(self, rng: np.random.Generator, theme: np.ndarray, mood: np.ndarray) -> np.ndarray:
        """Positions of texts; where a theme has none of that mood, a plain one, else a glad one."""
        for other in (1, 0, 2):
            empty = self.span[theme, mood, 0] == self.span[theme, mood, 1]
            mood = np.where(empty, other, mood)
        low, high = self.span[theme, mood].T
        return low + (rng.random(len(theme)) * (high - low)).astype(np.int64)

    def mood_of(self, position: np.ndarray) -> np.ndarray:
        """Mood (0 glad, 1 plain, 2 unhappy) of drawn texts."""
        moods = np.empty(len(self.texts), dtype=np.int64)
        for t, m in itertools.product(range(len(self.themes)), range(len(_MOODS))):
            moods[slice(*self.span[t, m])] = m
        return moods[position]


def messages(population: Population, seed: int, ids: pd.Series) -> pd.DataFrame:
    """Table `messages` of one audience, sorted by customer and time."""
    frames = [_kind(population, kind, stream(seed, population.audience, kind)) for kind in _MANY]
    stated = personas.messages(population.audience)
    stated["sent_at"] = stated["sent_at"].astype("datetime64[us]") + pd.Timedelta(hours=11)
    frames.append(stated.assign(**{c: stated.get(c) for c in ("platform", "topics", "brands")}))
    every = pd.concat(frames, ignore_index=True)
    return with_ids(every.sort_values(["row", "sent_at", "text"], kind="stable"), ids)


def _kind(population: Population, kind: str, rng: np.random.Generator) -> pd.DataFrame:
    corporate = population.audience == CORPORATE
    pool = _Pool(population.audience, kind, rng)
    row = _writers(population, kind, rng, _MANY[kind][corporate])
    day = _days(population, rng, row, kind)
    if kind == "post":
        theme, day = _themes(population, pool, rng, row, day)
    else:
        theme = rng.integers(0, len(pool.themes), len(row))
    mood = _moods(population, rng, row, day, kind)
    position = pool.draw(rng, theme, mood)
    mood = pool.mood_of(position)
    minute = (rng.random(len(row)) * 60 * 14).astype(np.int64) + 60 * 8
    frame = pd.DataFrame(
        {
            "row": row,
            "sent_at": day.astype("datetime64[m]") + minute,
            "kind": kind,
            "text": _worded(pool, position, mood, kind, rng),
            "topics": texts([_TOPICS.get(t, t) for t in pool.themes], theme),
            "brands": texts(pool.brands, position),
        }
    )
    frame["sent_at"] = frame["sent_at"].astype("datetime64[us]")
    if kind == "post":
        names = words("texts")["platforms"][population.audience]["names"]
        frame["platform"] = texts(names, rng.integers(0, len(names), len(row)))
        frame["engagement"] = np.round(rng.beta(1.3, 5, len(row)), 2)
    else:
        unhappy, bad = mood == 2, population.mood[row] < -0.8
        frame["resolved"] = rng.random(len(row)) >= np.where(unhappy, 0.18 + 0.37 * bad, 0.04)
        frame["repeated"] = rng.random(len(row)) < np.where(unhappy, 0.15 + 0.3 * bad, 0.03)
    return frame


def _writers(
    population: Population, kind: str, rng: np.random.Generator, mean: float
) -> np.ndarray:
    """One row per message; the unhappy write more tickets, some people never post."""
    many = np.full(population.n, mean)
    if kind == "post":
        many *= rng.gamma(1.2, 1 / 1.2, population.n)
    else:
        many *= np.exp(-0.45 * population.mood - 0.1) * (1 + 1.5 * population.decline)
    scripted = {*personas.messages(population.audience)["row"]}
    scripted |= set(personas.fresh(population.audience))
    many[list(scripted)] = 0
    return np.repeat(np.arange(population.n), np.minimum(rng.poisson(many), 14))


def _days(
    population: Population, rng: np.random.Generator, row: np.ndarray, kind: str
) -> np.ndarray:
    start = np.maximum(population.joined[row], WINDOW_START)
    span = (AS_OF - start).astype(np.int64) + 1
    late = kind != "post"
    power = np.where(late & (population.decline[row] > 0), 0.35, 1.0)
    return start + (rng.random(len(row)) ** power * span).astype(np.int64)


def _themes(
    population: Population,
    pool: _Pool,
    rng: np.random.Generator,
    row: np.ndarray,
    day: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """What posts are about: strong needs more often; a turn in life is told when it happens."""
    names = population.catalogue.needs
    utility = np.column_stack(
        [
            population.need(t) if t in names else np.full(population.n, _SMALL_TALK_UTILITY)
            for t in pool.themes
        ]
    )[row]
    theme = (utility * 1.1 + rng.gumbel(size=utility.shape)).argmax(axis=1)
    of_need = np.array([pool.themes.index(n) if n in pool.themes else -1 for n in names] + [-1])
    told = of_need[population.turn_need[row]]
    first = np.append(True, row[1:] != row[:-1]) & (told >= 0)
    month = MONTHS[population.turn_month[row]].astype("datetime64[D]")
    when = month + (rng.random(len(row)) * 28).astype(np.int64)
    first &= when >= population.joined[row]
    return np.where(first, told, theme), np.where(first, when, day)


def _moods(
    population: Population, rng: np.random.Generator, row: np.ndarray, day: np.ndarray, kind: str
) -> np.ndarray:
    """0 glad, 1 plain, 2 unhappy."""
    weight = 0.35 if kind == "post" else 1.0
    recent = (AS_OF - day).astype(np.int64) < 270
    felt = population.mood[row] - 2.5 * population.decline[row] * recent
    felt = weight * felt + rng.normal(0, 1, len(row)) + (0.1 if kind == "post" else -0.35)
    return np.where(felt > 0.55, 0, np.where(felt > -0.55, 1, 2))


def _worded(
    pool: _Pool, position: np.ndarray, mood: np.ndarray, kind: str, rng: np.random.Generator
) -> pd.Series:
    """Opener, filled template and, for half, a closing sentence in the same mood."""
    openers = words("texts")["opener"][kind]
    closing = words("texts")["tails"]["post" if kind == "post" else "service"]
    tails = [f" {t}" for m in _MOODS for t in closing[m]] + [""]
    each = (len(tails) - 1) // len(_MOODS)
    tail = mood * each + rng.integers(0, each, len(mood))
    tail = np.where(rng.random(len(mood)) < 0.5, tail, len(tails) - 1)
    opener = texts(openers, rng.integers(0, len(openers), len(mood)))
    return opener + texts(pool.texts, position) + texts(tails, tail)
