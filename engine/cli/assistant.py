"""Commands ask, transcribe and meeting: what is typed, said or noted; and what judges them."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.console import (
    DEMO,
    STATE,
    Customer,
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
from engine.errors import BadInput, NotFound


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
    from engine.cli.console import whole_engine_of
    from engine.lab.assistant_evaluation import evaluate_assistant

    engine = whole_engine_of(data, state)
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


@app.command()
def transcribe(
    file: Annotated[Path, typer.Argument(help="A WAV file: 8 to 48 kHz, up to a minute.")],
    data: Data = DEMO,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Write down what is said in a recording, on this machine; nothing of it is kept."""
    from engine.cli.console import engine_of

    engine = engine_of(data, state)
    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    most = engine.speech.listener().most_megabytes
    if (size := file.stat().st_size / 1e6) > most:
        raise BadInput(f"{file.name} has {size:.1f} MB; expected at most {most:.0f} MB.")
    heard = engine.speech.transcribe(file.read_bytes())
    if as_json:
        return print_json(heard)
    if heard.text:
        console.print(heard.text)
    if heard.sentence:
        console.print(f"note      {heard.sentence}")
    sure = "" if heard.confidence is None else f", mean chance of a word {heard.confidence:.2f}"
    by = f"; by {heard.engine}{sure}" if heard.engine else ""
    return console.print(
        f"{heard.seconds:.1f} s at {heard.rate:,} Hz, speech at {heard.level_db:.0f} dB of full "
        f"scale, {heard.snr_db:.1f} dB above the noise{by}"
    )


@evaluate_commands.command("speech")
def speech(
    folder: Annotated[
        Path, typer.Option("--dir", help="Folder of WAV files with transcripts.csv beside them.")
    ],
    recogniser: Annotated[
        str, typer.Option("--recogniser", help="One of speech.recognisers; else the first here.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Count the words that the recogniser gets wrong, by recording, with a Wilson interval."""
    from engine.lab.speech_evaluation import evaluate_speech
    from engine.models.recognisers.choose import load as load_recogniser
    from engine.settings import load

    settings = load(speech={"recognisers": [recogniser]}) if recogniser else load()
    judged = evaluate_speech(folder, settings.speech, load_recogniser(settings))
    if as_json:
        return print_json(judged.to_json())
    title = f"{judged.n} recordings, {judged.n_words} words, heard by {judged.engine}"
    print_table(judged.clips, title)
    return console.print(
        f"Words wrong: {judged.n_wrong} of {judged.n_words}, WER {judged.wer:.3f} (Wilson "
        f"{judged.low:.3f} to {judged.high:.3f}); {judged.identity}"
    )


@app.command()
def meeting(
    file: Annotated[Path, typer.Argument(help="Notes of a meeting, a text file in UTF-8.")],
    customer: Customer,
    data: Data = DEMO,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Propose what notes of a meeting say of a customer; nothing is recorded."""
    from engine.cli.console import engine_of

    engine = engine_of(data, state)
    try:
        notes = file.read_bytes()[: 8 * engine.meetings.longest].decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read as a text in UTF-8: {error}.") from error
    told = engine.meetings.read(customer, notes)
    looked(engine, customer)
    if as_json:
        return print_json(told)
    console.print(told.sentence)
    for fact in told.facts:
        console.print(f"  {fact.label}", style="bold")
        console.print(f"    “{fact.sentence}”")
    if told.facts:
        console.print("On the page Assistant a button confirms each.")
    return print_notes(told.notes)
