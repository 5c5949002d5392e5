"""Sentences that tell of a sensitive matter, written before the list of words, and plain ones."""

from engine.assistant.sensitive_speech import is_sensitive_said, kept_of

SENSITIVE = (
    "She has depression.",
    "He had a heart attack in spring.",
    "She had a miscarriage and took unpaid leave.",
    "He is on chemo until March.",
    "She has MS and works half days.",
    "Her son is autistic and needs a carer.",
    "He is disabled and retired early.",
    "After her burnout she resigned.",
    "He is a union member.",
    "She is pregnant.",
    "He was diagnosed with Parkinson's.",
    "She has been in therapy since the divorce.",
    "He takes insulin twice a day.",
    "Her blood pressure is too high.",
    "He is HIV positive.",
    "She is recovering from surgery on her hip.",
    "He was in rehab for drinking.",
    "She is an alcoholic, her sister told us.",
    "They are trying for a baby with IVF.",
    "She had an abortion last year.",
    "He is Muslim and wants no interest.",
    "She is Jewish.",
    "They go to church every Sunday.",
    "He became a Jehovah's Witness.",
    "She votes for the Greens.",
    "He is a member of the Labour party.",
    "She joined the strike with her trade union.",
    "He is gay and lives with his husband.",
    "She came out as transgender.",
    "They are in an open relationship.",
    "He is bipolar.",
    "She suffers from anxiety and panic attacks.",
    "His wife has dementia.",
    "He is in a wheelchair since the accident.",
    "She is deaf in one ear.",
    "He is on sick leave.",
    "Her doctor told her to rest.",
    "She had a stroke.",
    "He is of Roma origin.",
    "She tried to take her own life.",
    "His memory is getting worse.",
    "She lost the baby in June.",
    "She\u2019s got Parkinson\u2019s.",
)
PLAIN = (
    "They bought a small flat.",
    "She wants to buy a house by the sea.",
    "We will call her on 14 January.",
    "He retired in May.",
    "Her mother passed away.",
    "They are saving for university.",
    "She started a new job at a bakery.",
    "He would like to invest in green funds.",
    "We will send the union of both account statements.",
    "She is looking for a healthy return.",
    "The party was moved to Friday.",
    "We will check the credit card limit.",
    "She moved to Cambridge with her partner.",
    "He works for the Ministry of Labour.",
    "She asked for the cost breakdown of her loan.",
    "We will explain the tax treatment of her pension.",
    "The card terminal in his shop is slow.",
    "He is on his probation period at work.",
)


def test_health_belief_union_politics_and_sex_life_are_told_apart_from_the_rest():
    assert [one for one in SENSITIVE if not is_sensitive_said(one)] == []
    assert [one for one in PLAIN if is_sensitive_said(one)] == []


def test_capitals_count_where_a_word_has_another_meaning():
    assert is_sensitive_said("She has MS.") and not is_sensitive_said("Ms Ash called.")


def test_what_is_kept_is_the_sentence_without_numbers_or_nothing_of_it():
    assert kept_of("She is pregnant.", "(gone)") == "(gone)"
    assert kept_of("Write to a.b@example.org.", "(gone)") == "Write to [e-mail address]."
