"""What customers write of themselves, what of others, and what only sounds like it."""

import pandas as pd
import pytest

from engine.customers.hardship.own_words import distress_in, may_name_distress, topics
from tests.engine.customers.hardship import read_by_another
from tests.engine.customers.hardship.six_languages import SENTENCES

SAID = [
    ("bereavement", "My mother passed away on Monday."),
    ("bereavement", "My dear husband died in March and the account was in both our names."),
    ("bereavement", "We lost our son last year."),
    ("bereavement", "I am writing about the death of my father."),
    ("bereavement", "My grandmother's funeral is on Friday, may I pay later?"),
    ("bereavement", "I was recently widowed."),
    ("lost_income", "I’ve lost my job and need to change the standing order."),
    ("lost_income", "I was made redundant last week."),
    ("lost_income", "We have been laid off at the plant."),
    ("lost_income", "I am unemployed at the moment"),
    ("lost_income", "My husband lost his job in May."),
    ("cannot_pay", "I can't pay my rent this month."),
    ("cannot_pay", "i really have problems now and can't afford my mortgage payments"),
    ("cannot_pay", "We are struggling to keep up with the loan instalments."),
    ("cannot_pay", "I have fallen behind on my mortgage."),
    ("cannot_pay", "I cannot make ends meet any more"),
    ("cannot_pay", "I am in serious financial difficulty."),
    ("cannot_pay", "We are about to be evicted."),
    ("scam", "A scam took my savings!"),
    ("scam", "I was scammed."),
    ("scam", "i think i am the victim of identity theft"),
    ("scam", "Somebody stole 300 from my savings"),
    ("scam", "I fell for a fake broker scam."),
    ("crisis", "I am at my wits' end."),
    ("crisis", "We don't know what else to do any more."),
]
NOT_SAID = [
    "The film was to die for.",
    "I died laughing at your advert.",
    "My friend's mother passed away.",
    "My neighbour lost his job.",
    "He said I lost my job, which is not true.",
    "If I lost my job, would the insurance pay?",
    "What happens when my father has died?",
    "I have not lost my job.",
    "I was never scammed.",
    "My father died ten years ago.",
    "I lost my card.",
    "I lost my wife's card yesterday.",
    "We lost our son's passport and his card with it.",
    "I can't pay by card at the terminal.",
    "I can't make the payment screen work.",
    "Is this e-mail a scam?",
    "You stopped a fraudulent payment before I noticed it.",
    "My mother has passed her driving test.",
    "I passed away the time with your app.",
    "Does your cover pay out if I am made redundant?",
    "I cannot afford to lose your great service!",
    "I am desperate for a coffee",
    "People are scammed every day.",
    "Where do I pay my rent in the app?",
    "My phone died and I cannot log in.",
    "",
]


OTHER_CLAUSES = [
    # What stands in another clause says nothing of this one.
    "They closed the plant and I lost my job",
    "Please tell me if you can help, I lost my job",
    "if possible please call me back: I have lost my job",
    "My boss told me I was laid off",
    "My insurance refused to pay and now I cannot afford my rent",
    "I wonder if you could help: my husband passed away",
    "My father in law passed away",
    "We can no longer afford the repayments",
    "I've been sacked",
    "Ive lost my job",
]
OF_SCREENS_AND_THINGS = [
    "I have sent the documents to your fraud department",
    "I lost my business card",
    "I lost my work laptop",
    "I lost my income statement",
    "I was fired up by your ad",
    "I'm out of work at 5 pm",
    "I was unable to pay my bill online because the website was down",
    "I can't make my credit card payment in the app",
    "I can't pay the loan off early without a fee?",
    "My daughter's estate agent",
    "My parents passed on the house to me",
    "I can't take it any more, the app is useless",
    "I cannot cope with your hold music",
    "If my employer closed and I lost my job, would you wait?",
]
# Written before they were run, by the hand that wrote the phrases; docs/figures.md counts them.
DISTRESS = [
    "Sorry to bother you, but my mum passed away last Thursday and I need the account closed.",
    "As you may know, our father died in hospital on Sunday.",
    "My mother-in-law has died and I am sorting her bills.",
    "I am the executor of my grandmother and need a balance for probate.",
    "We lost our baby in October and cannot think about paperwork.",
    "He was a good man: my husband passed away on Friday.",
    "My brother was killed in a car accident last month.",
    "The factory shut and I have been made redundant after twenty years.",
    "My manager rang to say I was let go from Monday.",
    "I got sacked yesterday so my salary will not arrive.",
    "Ive been laid off and im worried about the mortgage.",
    "Our income stopped because my wife lost her job.",
    "I have been unemployed since August.",
    "We lost our business in the flood.",
    "My hours were cut by half in September.",
    "They raised the rent and we can't afford our rent any longer.",
    "I simply cannot pay my mortgage this month.",
    "Since the divorce I am struggling to keep up with my loan.",
    "We have fallen behind on the mortgage by two months.",
    "I missed my last two loan payments and feel ashamed.",
    "There is not enough money left for food this week.",
    "If it helps, I am in serious financial difficulty right now.",
    "The landlord says we are going to be evicted next week.",
    "I was tricked into transferring 4,000 to a man I met on the internet.",
    "Someone has stolen all my money from my savings account.",
    "I have been defrauded by a builder and my savings are gone.",
    "I sent 900 to a crypto scammer last night.",
    "I feel I cannot go on.",
    "Honestly I don't want to live any more.",
    "I am at my wits' end with the debt collectors.",
]
INNOCENT = [
    "Please send the death certificate form for our records of my late uncle's club.",
    "My father passed on his thanks for your help.",
    "My daughter passed her exams and needs a student account.",
    "Our dog died and I want to cancel the pet insurance.",
    "My battery died while I was paying.",
    "My mother's estate agent asked for a proof of funds.",
    "I lost my work badge and my bank card with it.",
    "I lost my position in the queue when the call dropped.",
    "I have lost my business debit card.",
    "I am out of work at four, can I come by then?",
    "We let go of our old flat and bought a house.",
    "My son was fired up about the savings game.",
    "I could not pay my bill because your website showed an error.",
    "I cannot make my loan payment by phone, which number do I call?",
    "Can I pay my mortgage in two parts?",
    "I can't cover the bill splitting feature in my review, sorry.",
    "I was not able to pay the loan back ahead of time without a fee, why?",
    "How do I pay my rent with the new standing order?",
    "Do you offer help if somebody cannot pay their mortgage?",
    "If I were made redundant, would the payment protection pay?",
    "I reported a scam text to your fraud team, no money was lost.",
    "I paid for the fraud protection add-on twice.",
    "Your scam warning was very helpful.",
    "I gave my details to the fraud department yesterday.",
    "I can't take this call music any more.",
    "I don't know what to do now in the app to add a payee.",
    "We are desperate to buy before prices rise.",
    "I would kill for a lower fee.",
    "My friend was scammed, how can I protect myself?",
    "We have no debts and wish to invest.",
]


@pytest.mark.parametrize("text", [*OTHER_CLAUSES, *DISTRESS])
def test_F146_distress_is_read_whatever_else_the_sentence_tells(text: str):
    assert distress_in(text) is not None
    assert may_name_distress(pd.Series([text]))[0], "no hint lets the text be read"


@pytest.mark.parametrize("text", [*OF_SCREENS_AND_THINGS, *INNOCENT])
def test_F146_a_fault_of_a_screen_or_a_thing_of_like_name_is_not_distress(text: str):
    assert distress_in(text) is None


@pytest.mark.parametrize(("topic", "text"), SAID)
def test_F146_own_distress_is_read_with_its_topic(topic: str, text: str):
    found = distress_in(text)
    assert found is not None and found[0] == topic
    assert found[1] in " ".join(text.split())
    assert may_name_distress(pd.Series([text]))[0], "no hint lets the text be read"


@pytest.mark.parametrize("text", NOT_SAID)
def test_F146_what_is_of_others_supposed_denied_or_a_figure_of_speech_is_not_distress(text: str):
    assert distress_in(text) is None


def test_F146_only_the_sentence_is_quoted_and_a_long_one_is_cut():
    text = f"Good morning. My mother passed away{' and so on' * 40}. Which card has no fee?"
    topic, words = distress_in(text)
    assert topic == "bereavement" and words.startswith("My mother") and len(words) <= 121
    assert distress_in(None) is None and distress_in(pd.NA) is None


def test_F146_every_topic_says_for_how_many_days_it_counts():
    assert {topic.name: topic.days for topic in topics()} == {
        "bereavement": 365, "lost_income": 180, "cannot_pay": 180, "scam": 180, "crisis": 90,
    }  # fmt: skip


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_F146_distress_is_read_in_six_more_languages(language: str):
    wrong = [
        (text, topic, read)
        for topic, text in SENTENCES[language]
        if (read := (distress_in(text) or ("",))[0]) != topic
    ]
    assert wrong == []
    said = pd.Series([text for topic, text in SENTENCES[language] if topic])
    assert may_name_distress(said).all()


def test_every_phrase_has_a_beginning_by_which_its_message_is_found():
    texts = [text for rows in SENTENCES.values() for topic, text in rows if topic]
    assert all(distress_in(text) for text in texts)
    plain = pd.Series(["Mi piace la nuova app.", "Wo ist der nächste Automat?", "Bonjour."])
    assert not may_name_distress(plain).any()


def test_F146_what_another_hand_wrote_is_read_as_it_is_meant():
    texts = read_by_another.DISTRESS
    assert [text for text in texts if distress_in(text) is None] == []
    assert may_name_distress(pd.Series(texts)).all()
    assert [text for text in read_by_another.INNOCENT if distress_in(text)] == []


@pytest.mark.parametrize(
    ("still", "of_old"),
    [
        ("Ich bin seit 2019 arbeitslos.", "Ich bin 2019 arbeitslos geworden."),
        ("Ich bin seit drei Jahren arbeitslos.", "Vor drei Jahren ist mein Vater gestorben."),
        ("Hace tres años que estoy en paro.", "Hace tres años murió mi padre."),
        ("Estou desempregado há três anos.", "O meu pai morreu há 12 anos."),
        ("Ik ben drie maanden geleden ontslagen.", "Ik ben 3 jaar geleden ontslagen."),
        ("Il y a un an j'ai perdu mon emploi.", "Il y a quinze ans j'ai perdu mon emploi."),
        ("Sono disoccupato da tre anni.", "Nel 1998 ho perso il lavoro."),
        ("I lost my job two months ago.", "Three years ago I lost my job."),
    ],
)
def test_F146_long_ago_is_told_from_since_then(still: str, of_old: str):
    assert distress_in(still) is not None
    assert distress_in(of_old) is None
