"""The command insight: a line and a paragraph about a customer, notes on a product, the book."""

from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.console import (
    DEMO,
    STATE,
    Data,
    Json,
    State,
    app,
    console,
    looked,
    opened,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from engine.engine import Engine


@app.command()
def insight(
    data: Data = DEMO,
    state: State = STATE,
    customer: Annotated[str | None, typer.Option("--customer", help="Customer id.")] = None,
    product: Annotated[str | None, typer.Option("--product", help="Product id.")] = None,
    portfolio: Annotated[bool, typer.Option("--portfolio", help="The whole book.")] = False,
    ask: Annotated[
        bool, typer.Option("--ask", help="Let the writer of the settings put it in other words.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print what stands out about a customer, a product or the book; every figure is a fact."""
    if (customer is not None) + (product is not None) + portfolio != 1:
        raise typer.BadParameter("name one of --customer ID, --product ID and --portfolio")
    engine = opened(data, state)
    if customer is not None:
        made = engine.writing.customer(customer, ask=("line", "paragraph") if ask else ())
        looked(engine, customer)
        if as_json:
            return print_json(made)
        for title, text in (("In a line", made.line), ("In a paragraph", made.paragraph)):
            console.print(f"{title} ({text.mark})", style="bold")
            console.print(f"  {text.text}")
        return None
    if product is not None:
        return _product(engine, product, as_json)
    insights = engine.customers.insights()
    if as_json:
        told = {"sentences": insights.sentences, "notes": insights.notes}
        return print_json({**told, "declared": insights.declared})
    for sentence in insights.sentences:
        console.print(sentence)
    if len(insights.declared):
        print_table(insights.declared, "What messages say of products, by the source's own word")
    return None


def _product(engine: "Engine", product: str, as_json: bool) -> None:
    sheet, voice = engine.products.of(product), engine.writing.product(product)
    if as_json:
        return print_json({"product": sheet, "voice": voice})
    console.print(sheet.name, style="bold")
    for text in (sheet.description, voice.line):
        if text:
            console.print(f"  {text}")
    if sheet.tone is not None:
        console.print(
            f"  Tone of this text: {sheet.tone_word} ({sheet.tone:+.2f}, {sheet.tone_by})"
        )
    for label, text in sheet.terms.items():
        console.print(f"  {label}: {text}")
    for note in voice.notes:
        console.print(note.text, style="bold")
        console.print(f"  {note.suggestion}")
        for text in note.quotes:
            console.print(f"  “{text}”")
    if voice.quiet:
        console.print(voice.quiet)
    return None
