"""What is said of a reading, each as one function of the figures that it rests on."""

from collections.abc import Sequence

from engine.figures import count, listing, money


def adds_up(n: int, goods: float, tax: float, rounding: float, total: float, currency: str) -> str:
    """The goods, with the tax on top and what was rounded, are the total."""
    parts = [f"{count(n, 'item')} of {money(goods, currency)}"]
    parts += [f"tax of {money(tax, currency)}"] if tax else []
    parts += [f"rounding of {money(rounding, currency)}"] if rounding else []
    word = "adds" if n == 1 and len(parts) == 1 else "add"
    return f"{listing(parts)} {word} up to the total of {money(total, currency)}."


def differs(n: int, goods: float, total: float, currency: str) -> str:
    """The goods are not the total, nor with the tax."""
    return (
        f"{count(n, 'item')} of {money(goods, currency)} {'is' if n == 1 else 'are'} not the total "
        f"of {money(total, currency)}: {money(abs(total - goods), currency)} apart. Check both."
    )


def includes_tax(tax: float, total: float, currency: str) -> str:
    """The tax is part of the total."""
    return f"The total of {money(total, currency)} includes tax of {money(tax, currency)}."


def paid_less_change(paid: float, change: float, total: float, currency: str) -> str:
    """What was handed over less what was given back is the total."""
    handed = f"{money(paid, currency)} paid less {money(change, currency)} back"
    return f"{handed} is the total of {money(total, currency)}."


def nothing_to_add() -> str:
    """No item was read."""
    return "No item with an amount was read, so the total could not be checked."


def which(field: str, choices: Sequence[str]) -> str:
    """A field may be read in more than one way."""
    return f"Is the {field} {' or '.join(choices)}?"


def missing(field: str) -> str:
    """A field was not found."""
    return f"No {field} was found: type it."


def refund() -> str:
    """Words of a refund stand on it."""
    return "This looks like a refund, not a purchase: is it money that was given back?"


def taxes_unclear() -> str:
    """Rows of tax hold amounts that can be read in more than one way."""
    return "The rows of tax can be read in more than one way: check the tax or type it."
