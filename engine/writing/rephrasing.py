"""A template's text with its facts in; what a writer made of it, or the template, out.

A writer gets the template with a token for every name in it: segments, goals, products, places. No
text of a customer is in a template but as such a name, so nothing that somebody wrote reaches a
writer. What comes back is checked; it is shown only if it says the facts and nothing else.
"""

import re
from collections.abc import Sequence
from typing import Final

from engine.errors import WriterError
from engine.models.writers.writer import Writer
from engine.results import Written
from engine.writing.facts import Fact
from engine.writing.pseudonyms import Pseudonyms
from engine.writing.text_guard import check

_PROMPT: Final = (
    "Say the same in one plain English sentence for a banker. Keep every number with its unit and "
    "every name in square brackets exactly as it is. Add nothing and leave nothing out.\n\n"
    "Facts: {facts}\n\nSentence:"
)
_LONGEST: Final = 4_000


def prompt_of(template: str, names: Pseudonyms) -> str:
    """What a writer is asked."""
    return _PROMPT.format(facts=names.hide(template))


def rephrased(template: str, facts: Sequence[Fact] | None, writer: Writer | None) -> Written:
    """A template in a writer's words, if they hold.

    Parameters
    ----------
    facts : sequence of Fact, optional
        What the template says; None where one of its claims may not be put in other words.
    writer : Writer, optional
        None where nobody is set.

    Notes
    -----
    A writer that fails is no error of the page's: the template is shown, marked with the reason.
    """
    if writer is None:
        return Written(template, template)
    if not facts:
        return Written(template, template, reason="these facts are not put in other words")
    names = Pseudonyms.of([name for one in facts for name in (one.subject, *one.names) if name])
    try:
        answer = writer.write(prompt_of(template, names))
    except WriterError as error:
        return Written(template, template, reason=f"{writer.name} gave no text: {error}")
    text = names.put_back(_first(answer))
    if not text:
        return Written(template, template, reason=f"{writer.name} gave no text")
    verdict = check(text, facts)
    if not verdict.supported:
        return Written(
            template, template, reason=f"the text of {writer.name} was refused, {verdict.reason}"
        )
    return Written(text[:1].upper() + text[1:], template, by=writer.name)


def _first(answer: str) -> str:
    """The first paragraph of an answer, on one line."""
    parts = re.split(r"\n\s*\n|\n(?=[A-Z][a-z]+:)", answer[: 4 * _LONGEST].strip(), maxsplit=1)
    return " ".join(parts[0].strip().strip('"').split())
