"""What the assistant says of its own, each as a claim: its kind and its figures.

Where another answer of the engine has a sentence, the assistant says that one. The tests work every
figure of these out again from the tables.
"""

from collections.abc import Sequence

from engine.customers.claims import kind
from engine.customers.wording import count, listing
from engine.figures import figure, money, percent, signed


@kind
def asked_figure(label: str, value: str, remark: str) -> str:
    """A key figure of the record, as it stands there."""
    return f"{label}: {value}{f' ({remark})' if remark else ''}"


@kind
def asked_unknown(label: str) -> str:
    """A figure that is not on record."""
    return f"{label} is not known: nothing on record says it"


@kind
def asked_spent(amount: float, item: str, when: str, n: int, currency: str) -> str:
    """Payments out of some days, of one kind or all."""
    on = f" on {item}" if item else ""
    spent = f"{money(amount, currency)} went out{on}, in {count(n, 'payment')}"
    return f"{when[:1].upper()}{when[1:]}: {spent}"


@kind
def asked_spent_months(amount: float, when: str, n: int, currency: str) -> str:
    """The spending of whole months, as the chart by month has it."""
    of = f", over {count(n, 'month')}" if n > 1 else ""
    return f"{when[:1].upper()}{when[1:]}: {money(amount, currency)} of spending{of}"


@kind
def asked_not_spent(item: str, when: str) -> str:
    """Nothing of the kind went out."""
    on = f" on {item}" if item else ""
    said = f"nothing on record went out{on}"
    return f"{when[:1].upper()}{when[1:]}: {said}" if when else f"{said[:1].upper()}{said[1:]}"


@kind
def asked_masked(item: str) -> str:
    """Spending that tells of health, belief and the like is shown nowhere."""
    return f"Spending on {item} is not shown: sensitive spending is masked"


@kind
def asked_no_such_kind(item: str, known: Sequence[str]) -> str:
    """The bank's payments are not told apart so."""
    return f"No kind of spending here is called {item}; those that are: {listing(list(known))}"


@kind
def asked_not_of_days(when: str, begins: str, ends: str) -> str:
    """Days of which the record has nothing."""
    return f"{when[:1].upper()}{when[1:]} is not on record: it is of {begins} to {ends}"


@kind
def asked_came_in(amount: float, when: str, n: int, currency: str) -> str:
    """The income of whole months, as the chart by month has it."""
    of = f", over {count(n, 'month')}" if n > 1 else ""
    return f"{when[:1].upper()}{when[1:]}: {money(amount, currency)} came in{of}"


@kind
def asked_spends(item: str, amount: float, over: str, share: float, currency: str) -> str:
    """What the record says of one kind of spending."""
    return f"{money(amount, currency)} {over} on {item}, {percent(share)} of spending"


@kind
def asked_holds(names: Sequence[str]) -> str:
    """Products held now."""
    return f"Holds {count(len(names), 'product')}: {listing(list(names))}"


@kind
def asked_holds_nothing() -> str:
    """No product is on record."""
    return "The bank's data names no product that they hold"


@kind
def asked_cases(n: int) -> str:
    """Tickets, chats and calls of one customer that are marked as not resolved."""
    return f"{count(n, 'case')} not resolved" if n else "No open case is on record"


@kind
def asked_cases_of_all(n: int, own: bool = False) -> str:
    """The same of the whole bank, or of one manager's own book."""
    book = "your own book" if own else "the whole book"
    return f"{count(n, 'open case')} in {book}" if n else f"No case is open in {book}"


@kind
def asked_mood(word: str, mood: float, n: int, reader: str) -> str:
    """Mean mood of the messages that may be used."""
    of = f"of {count(n, 'message')} that may be used, by {reader}"
    return f"Mood {word} ({signed(mood, 1)} on a scale of −1 to 1), {of}"


@kind
def asked_no_mood() -> str:
    """No message that may be used says how somebody feels."""
    return "No mood: there are no messages, or none of them may be used or says how they feel"


@kind
def asked_metric(label: str, value: float, word: str, strongest: str) -> str:
    """A metric of 0 to 10 and what moves it most."""
    why = f". Strongest driver: {strongest[:1].lower()}{strongest[1:]}" if strongest else ""
    return f"{label} {value:.1f} of 10, {word}{why}"


@kind
def asked_offers(names: Sequence[str], of_list: str) -> str:
    """The first offers of a list, in order."""
    return f"{of_list} list, first: {listing(list(names))}"


@kind
def asked_takers(product: str, n_allowed: int, n: int, names: Sequence[str]) -> str:
    """Who may be offered a product, and the most fitting of them."""
    first = f"; the most fitting: {listing(list(names))}" if names else ""
    some = f", {n:,} of them in this book" if n != n_allowed else ""
    return f"{product} may be offered to {count(n_allowed, 'customer')}{some}{first}"


@kind
def asked_segment(name: str, n: int) -> str:
    """The segment of a customer; 0 where its size is not known."""
    return f"Segment: {name}{f', with {n:,} customers' if n else ''}"


@kind
def asked_segments(n: int, largest: str, n_largest: int) -> str:
    """All segments of the bank."""
    return f"{count(n, 'segment')}; the largest, {largest}, has {n_largest:,} customers"


@kind
def asked_version(version: str, grade: str) -> str:
    """What serves, and how it was graded."""
    return f"Version {version} makes the lists; grade: {grade}" if grade else f"Version {version}"


@kind
def asked_feedback(n: int, n_accepted: int, n_decided: int) -> str:
    """Openings of offers, and the decisions that stand."""
    took = f"; of {count(n_decided, 'decision')} {n_accepted:,} accepted" if n_decided else ""
    rate = f" ({percent(n_accepted / n_decided)})" if n_decided else ""
    return f"{count(n, 'offer')} opened{took}{rate}"


@kind
def asked_allowed(purposes: Sequence[str], refused: Sequence[str]) -> str:
    """What one customer's consents allow."""
    may = f"Allowed: {listing(list(purposes))}" if purposes else "Nothing is allowed"
    return f"{may}; not allowed: {listing(list(refused))}" if refused else may


@kind
def asked_shares(product: str, category: str, n_alerts: int, attribute: str) -> str:
    """What the audit says of a product's category."""
    found = (
        f"{count(n_alerts, 'group')} by {attribute} got it clearly more or less often than it could"
        if n_alerts
        else f"no group by {attribute} got it clearly more or less often than it could"
    )
    return f"{product} is judged with its category, {category}: {found}"


@kind
def asked_again(times: int, topic: str, before: Sequence[str]) -> str:
    """That a topic comes up again, and what was said of it."""
    words = {3: "third", 4: "fourth", 5: "fifth"}.get(times, f"{figure(times)}th")
    said = f"; before: {listing(list(before))}" if before else ""
    return f"This is the {words} question on {topic[:1].lower()}{topic[1:]}{said}"
