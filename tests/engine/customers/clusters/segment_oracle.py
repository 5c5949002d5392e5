"""A claim on segments and everybody's figures in; what is wrong with it out, worked out slowly.

Which segment a customer is in is taken as given, and so are figures that models or settings make
(mood, churn, value a year); medians, means, intervals, shares and sums are worked out anew.
"""

import math
from statistics import mean, median, pstdev, stdev

from engine.customers.claims import Claim
from engine.customers.clusters.figures import FIGURES
from engine.customers.clusters.grouping import OPTED_OUT, Grouping
from engine.settings import Settings
from tests.engine.customers.book_oracle import BookOracle
from tests.engine.customers.raw_cells import off

Z = 1.959963984540054


class SegmentOracle(BookOracle):
    """Judges claims about the segments of one bank; the subject is a segment's number, or two."""

    def __init__(self, grouping: Grouping, settings: Settings):
        super().__init__(grouping.bank, grouping.profiles, settings)
        self.grouping = grouping
        self.places = dict(enumerate(grouping.bank.customer_ids))
        self.number = {c: int(grouping.numbers[i]) for i, c in self.places.items()}
        self.audience = {c: str(grouping.audiences[i]) for i, c in self.places.items()}
        raw = grouping.raw
        self.figure = {
            name: {c: float(raw[name].iloc[i]) for i, c in self.places.items()} for name in raw
        }

    # --- who

    def members(self, number: int) -> list[str]:
        return [c for c, own in self.number.items() if own == number]

    def _kind(self, number: int, whom: str) -> list[str]:
        if whom == "the whole bank":
            return list(self.number)
        audience = {self.audience[c] for c in self.members(number) if self.number[c]}
        assert whom == f"all {audience.pop()} customers"
        return [c for c, own in self.audience.items() if f"all {own} customers" == whom]

    def _known(self, name: str, who: list[str]) -> list[float]:
        return [v for c in who if not math.isnan(v := self.figure[name][c])]

    def _middle(self, name: str, who: list[str]) -> tuple[float, float, float, int]:
        values = sorted(self._known(name, who))
        n = len(values)
        if FIGURES[name].is_mean:
            from scipy.stats import t

            half = t.ppf(0.975, n - 1) * stdev(values) / math.sqrt(n)
            return mean(values), mean(values) - half, mean(values) + half, n
        half = Z * math.sqrt(n) / 2
        low, high = max(round(n / 2 - half), 1), min(round(1 + n / 2 + half), n)
        return median(values), values[low - 1], values[high - 1], n

    # --- claims

    def _set_apart(self, number, name, up, value, low, high, n, of_all, apart, whom, currency):
        of_kind = self._middle(name, self._kind(number, whom))[0]
        true = self._middle(name, self.members(number))
        wrong = (
            off(value, true[0])
            or off(low, true[1])
            or off(high, true[2])
            or off(n, true[3])
            or off(of_all, of_kind)
        )
        if wrong:
            return wrong
        away = self._deviations(name, self._kind(number, whom))
        if wrong := off(apart, mean(away[c] for c in self.members(number) if c in away)):
            return wrong
        sure = low > of_all if up else high < of_all
        return "" if sure and (apart >= 0.2 if up else apart <= -0.2) else "is not sure"

    def _as_average(self, number, whom):
        """No figure is surely .2 deviations away, on the scale and in what is shown of it."""
        kind, mine = self._kind(number, whom), self.members(number)
        for name, told in FIGURES.items():
            apart = self._deviations(name, kind)
            known = [apart[c] for c in mine if c in apart]
            if told.theme == "outcome" or len(known) < 2:
                continue
            value, low, high = self._mean_interval(known)
            _, shown_low, shown_high, n = self._middle(name, mine)
            of_all = self._middle(name, kind)[0]
            above = low > 0 and shown_low > of_all
            below = high < 0 and shown_high < of_all
            if n >= 6 and abs(value) > 0.2 + 1e-9 and (above or below):
                return f"{name} is {value:.2f} deviations away"
        return ""

    def _deviations(self, name: str, kind: list[str]) -> dict[str, float]:
        """Of who is known: bent, cut off at 1 and 99 %, less the mean, in deviations."""
        known = {c: v for c in kind if not math.isnan(v := self.figure[name][c])}
        if len(known) < max(0.5 * len(kind), 30):
            return {}
        bend = {
            "linear": lambda x: x,
            "log": lambda x: math.copysign(math.log1p(abs(x)), x),
            "root": lambda x: math.copysign(math.sqrt(abs(x)), x),
        }[FIGURES[name].scale]
        bent = {c: bend(v) for c, v in known.items()}
        ordered = sorted(bent.values())

        def quantile(share: float) -> float:
            at = share * (len(ordered) - 1)
            low = math.floor(at)
            return ordered[low] + (at - low) * (
                ordered[min(low + 1, len(ordered) - 1)] - ordered[low]
            )

        edges = quantile(0.01), quantile(0.99)
        inside = {c: min(max(v, edges[0]), edges[1]) for c, v in bent.items()}
        middle, spread = mean(inside.values()), pstdev(inside.values())
        if spread < 1e-9:
            return {}
        return {c: (v - middle) / spread for c, v in inside.items()}

    @staticmethod
    def _mean_interval(values: list[float]) -> tuple[float, float, float]:
        from scipy.stats import t

        half = t.ppf(0.975, len(values) - 1) * stdev(values) / math.sqrt(len(values))
        return mean(values), mean(values) - half, mean(values) + half

    def _held_more(self, number, product, times, low, high, n, whom):
        kind, mine = self._kind(number, whom), set(self.members(number))
        ids = [p for p, row in self.products.items() if row["name"] == product]
        rates = []
        for one in ids:
            holders = {c for c in kind if one in self.held.get(c, ())}
            share = len(holders & mine) / len(mine)
            rates.append(share / (len(holders) / len(kind)) if holders else 0)
        if not any(math.isclose(times, rate, rel_tol=1e-6) for rate in rates):
            return f"the tables say {rates}"
        if product not in self._told_apart(
            [self.members(number), [c for c in kind if c not in mine]]
        ):
            return "chance may do it"
        return "is not sure" if not 1 < low <= times <= high else off(n, len(mine))

    def _told_apart(self, sides: list[list[str]]) -> set[str]:
        """Products held otherwise on two sides: chi-square of each, stepped up over all."""
        from scipy.stats import chi2

        found = []
        for one, row in self.products.items():
            a, b = (sum(one in self.held.get(c, ()) for c in who) for who in sides)
            n, m = (len(who) for who in sides)
            if not 0 < a + b < n + m:
                found += [(1.0, row["name"])] if a + b else []
                continue
            spread = (a + b) * (n + m - a - b) / (n + m) ** 2 * (1 / n + 1 / m)
            found.append((float(chi2.sf((a / n - b / m) ** 2 / spread, 1)), row["name"]))
        found.sort()
        passed = [i for i, (p, _) in enumerate(found, 1) if p <= 0.05 * i / len(found)]
        return {name for _, name in found[: max(passed, default=0)]}

    def _at_risk(self, customer: str) -> float:
        known = self.known[customer]
        value = known["value_a_year"]
        if not known["churn_known"] or math.isnan(value):
            return math.nan
        return max(value, 0.0) * known["churn"] / 10

    def _risk_of(self, number, value, of, n, n_unknown, currency):
        mine = [self._at_risk(c) for c in self.members(number)]
        everybody = [self._at_risk(c) for c, own in self.number.items() if own != OPTED_OUT]
        return (
            off(value, sum(x for x in mine if not math.isnan(x)))
            or off(of, sum(x for x in everybody if not math.isnan(x)))
            or off(n, sum(not math.isnan(x) for x in mine))
            or off(n_unknown, sum(math.isnan(x) for x in mine))
        )

    def _risk_formula(self, _number, chance):
        return "" if chance == bool(self.grouping.profiles.learned) else "learned or not"

    def _segments_found(self, _number, silhouette, most_empty, halfway, around, **told):
        if not silhouette > most_empty or halfway >= around:
            return "one cloud gives as much"
        cloud = {"silhouette": silhouette, "most_empty": most_empty}
        return self._divided(**told, **cloud, halfway=halfway, around=around)

    def _cut_into_parts(self, _number, halfway, around, **told):
        from scipy.stats import binomtest

        if around and binomtest(halfway, halfway + around, alternative="less").pvalue < 0.04:
            return "there is a gap"
        return self._divided(**told, halfway=halfway, around=around)

    def _cut_by_steps(self, _number, silhouette, most_empty, **told):
        if silhouette > most_empty:
            return "no cloud gives as much"
        return self._divided(**told, silhouette=silhouette, most_empty=most_empty)

    def _divided(self, n, n_little_known, k, whom, of, **how):
        mine = [c for c, own in self.audience.items() if own == whom]
        kept = {one.k: one for m in self.grouping.models if m.audience == whom for one in m.tried}
        if k not in kept or any(off(value, getattr(kept[k], name)) for name, value in how.items()):
            return "judged otherwise"
        again, stability = how["again"], how["stability"]
        least = 0.5 if self.grouping.before else 0.65  # what was found before may go on for longer
        if stability < least or not 0 <= again <= of == 100:
            return "no groups that come back"
        little = [c for c in mine if self.number[c] == 0]
        gone = [c for c in mine if self.opted_out(c)]
        left = len(mine) - len(little) - len(gone)
        wrong = off(n, left) or off(n_little_known, len(little))
        return wrong or off(k, len({self.number[c] for c in mine} - {0, -1}))

    def opted_out(self, customer: str) -> bool:
        return self.number[customer] == -1

    def _outside_segments(self, _number, n):
        return off(n, sum(map(self.opted_out, self.number)))

    def _part_of_cut(self, number, k, whom):
        mine = [c for c, own in self.audience.items() if own == whom]
        parts = {self.number[c] for c in mine} - {0, -1}
        told = {one.k: one for m in self.grouping.models if m.audience == whom for one in m.tried}
        if number not in parts or k not in told or self.grouping.how(number) != "part of a cut":
            return "a group that was found"
        return off(k, len(parts))

    def _too_few(self, _number, n, least, whom):
        in_one = [c for c, own in self.number.items() if own != OPTED_OUT]
        of = sum(self.audience[c] == whom for c in in_one)
        return off(n, of) or ("" if n < least else "enough")

    def _some_too_small(self, _number, whom, n, k, stability, smallest, least):
        of = sum(own == whom for own in self.audience.values())
        return off(n, of) or ("" if smallest < least and stability >= 0.65 else "large enough")

    def _kept_segments(self, _number):
        return "customers are divided" if self.grouping.is_divided else ""

    def _made_by(self, _number, names, whom):
        known = [self._known(n, [c for c, a in self.audience.items() if a == whom]) for n in names]
        return "" if all(len(values) > 1 for values in known) else "not known"

    def _filled(self, _number, labels, shares):
        for label, share in zip(labels, shares, strict=True):
            name = next(name for name, told in FIGURES.items() if told.label == label)
            found = [
                sum(math.isnan(self.figure[name][c]) for c in of) / len(of)
                for audience in set(self.audience.values())
                if (of := [c for c, own in self.audience.items() if own == audience])
            ]
            if not any(math.isclose(share, one, abs_tol=1e-9) for one in found):
                return f"{label}: the tables say {found}"
        return ""

    def _differs(
        self,
        numbers,
        name,
        first,
        second,
        first_segment,
        second_segment,
        apart,
        low,
        high,
        currency,
    ):
        a, b = (self._middle(name, self.members(number))[0] for number in numbers)
        names = {one.number: one.name for one in self.grouping.segments}
        if (first_segment, second_segment) != tuple(names[number] for number in numbers):
            return "of others"
        wrong = off(first, a) or off(second, b)
        if wrong:
            return wrong
        sure = (low > 0 or high < 0) and low <= apart <= high
        if not sure:
            return "is not sure"
        return "the other way round" if (first - second) * apart < 0 else ""

    def _by_chance(self, numbers, n, n_sure, n_making):
        makers = {"churn", "value_a_year"} if not self.grouping.is_divided else set()
        for model in self.grouping.models:
            if model.is_divided and {one.number for one in model.segments} & set(numbers):
                makers |= set(model.making)
        known = {
            name
            for name in self.figure
            if all(len(self._known(name, self.members(number))) >= 2 for number in numbers)
        }
        n_other = len(known - makers)
        if not n_sure <= n <= n_other or n < n_other - 2:  # few may know it: no scale then
            return f"{n_other} other figures are known"
        return "" if n_making <= len(known & makers) else f"{len(makers)} figures made them"

    def _held_apart(
        self, numbers, product, first, second, first_segment, second_segment, low, high
    ):
        ids = [p for p, row in self.products.items() if row["name"] == product]
        of = [self.members(number) for number in numbers]
        pairs = [
            [sum(one in self.held.get(c, ()) for c in who) / len(who) for who in of] for one in ids
        ]
        if not any(math.isclose(first, a) and math.isclose(second, b) for a, b in pairs):
            return f"the tables say {pairs}"
        if product not in self._told_apart(of):
            return "chance may do it"
        return "" if low > 0 or high < 0 else "is not sure"

    def _alike(self, numbers, first_segment, second_segment):
        """No figure of the two differs by Welch's test, on the scale of the whole bank."""
        from scipy.stats import ttest_ind

        names = {one.number: one.name for one in self.grouping.segments}
        if (first_segment, second_segment) != tuple(names[number] for number in numbers):
            return "of others"
        for name in FIGURES:
            apart = self._deviations(name, list(self.number))
            of = [[apart[c] for c in self.members(number) if c in apart] for number in numbers]
            if min(map(len, of)) >= 2 and ttest_ind(*of, equal_var=False).pvalue < 0.049:
                return f"{name} differs"
        return ""


def judged(oracle: SegmentOracle, said: list[tuple[object, Claim]]) -> list[str]:
    """Every claim that the tables do not bear out."""
    return [
        f"{subject}: {claim.text}: {wrong}"
        for subject, claim in said
        if (wrong := oracle.wrong(subject, claim))
    ]
