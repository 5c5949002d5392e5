"""The command ask: a question in words, answered from the engine's own figures; and its test."""

from pathlib import Path
from typing import Annotated

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
    print_notes,
    print_table,
)
from engine.cli.evaluation import evaluate_commands


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="A question in words, in quotation marks.")],
    data: Data = DEMO,
    state: State = STATE,
    customer: Annotated[
        str | None, typer.Option("--customer", help="Whom, where the question names nobody.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Answer a question about customers, products and lists; or say that it cannot."""
    engine = opened(data, state)
    if customer is not None:
        engine.customers.profile(customer)
    reply = engine.assistant.ask(question, customer_id=customer)
    for one in sorted({answer.customer_id for answer in reply.answers} - {""}):
        looked(engine, one)
    if as_json:
        return print_json(reply)
    if reply.sentence:
        console.print(reply.sentence)
    for choice in reply.choices:
        console.print(f"  {choice}")
    for answer in reply.answers:
        whom = answer.customer or "the whole bank"
        console.print(f"{answer.title}: {whom}", style="bold")
        for text in answer.sentences:
            console.print(f"  {text}")
        for fact in answer.facts:
            remark = f" ({fact.remark})" if fact.remark else ""
            console.print(f"    {fact.label}: {fact.text}{remark}")
        for line in answer.lines:
            console.print(f"    - {line}")
        for proposal in answer.proposals:
            console.print(f"    On the page Assistant a button does it: {proposal.label}")
        as_of = "" if answer.as_of is None else f", as of {answer.as_of:%d %b %Y}"
        where = f"; shown at {answer.link}" if answer.link else ""
        console.print(f"  From {answer.source}{as_of}{where}")
        print_notes(answer.notes)
    return console.print(f"note      {reply.notice}")


@evaluate_commands.command("assistant")
def assistant(
    file: Annotated[
        Path | None,
        typer.Option("--file", help="CSV file: style, intents, question; else our own 300."),
    ] = None,
    data: Data = DEMO,
    state: State = STATE,
    words: Annotated[
        bool, typer.Option("--words", help="Read by words alone, as without an encoder.")
    ] = False,
    wrong: Annotated[bool, typer.Option("--wrong", help="Print what was read wrongly.")] = False,
    as_json: Json = False,
) -> None:
    """Judge how questions in words are read and refused, by style, with Wilson intervals."""
    from engine.assistant.nearest import LexicalReader, best_scorer
    from engine.assistant.phrasings import shipped
    from engine.cli.console import engine_of
    from engine.lab.assistant_evaluation import evaluate_assistant

    engine = engine_of(data, state)
    lexical = LexicalReader(shipped())
    reads = "words" if words else engine.snapshots.settings.questions.reads
    scorer = best_scorer(reads, lexical, lambda: engine.snapshots.encoder)
    judged = evaluate_assistant(engine.snapshots.base, scorer, lexical.vocabulary, file)
    if as_json:
        return print_json(judged.to_json())
    print_table(judged.table, f"{judged.n} questions, read by {judged.read_by}")
    if wrong:
        print_table(judged.wrong, "Read wrongly")
    return console.print(
        f"Phrasings read right, each left out in turn: {judged.left_out:.1%}. Answered from a "
        f"score of {judged.bars[0]:.2f} on, {judged.bars[1]:.2f} where somebody is named."
    )
