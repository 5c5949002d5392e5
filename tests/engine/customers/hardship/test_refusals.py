"""Whose words say that the bank refused them credit; a card at a till and one's own no are not."""

import pandas as pd

from engine.customers.hardship.refusals import says_refused

REFUSED = (
    "You turned me down for a mortgage.",
    "You refused to give me a loan.",
    "The bank denied us a mortgage.",
    "My application for a loan was rejected.",
    "My application for a credit card was declined.",
    "You refused to lend me money.",
    "My loan was not approved.",
    "You did not approve my loan application.",
    "I was turned down for a personal loan.",
    "You rejected my application for an overdraft.",
    "My request for a higher credit limit was declined.",
    "I keep getting rejected for credit cards.",
    "My credit card application has been rejected twice.",
    "You declined my loan.",
    "They said no to my mortgage.",
    "My mortgage application got turned down.",
    "We were refused a mortgage by your branch.",
    "Why was I denied a car loan?",
    "I got rejected for a small business loan.",
    "I was declined for the platinum credit card.",
    "My loan application is still being declined.",
    "I was refused credit because of an error.",
    "Your system auto-declined our home loan application",
    "loan denied again!",
    "The denial of my loan is unfair",
    "Your branch would not give me a loan",
    "my loan request was denied",
    "They won't lend to me",
    "My credit application was refused",
    "Credit limit increase denied",
)
NOT_REFUSED = (
    "My credit card was declined at the till.",
    "You keep declining my credit card at shops.",
    "The terminal declined my credit card.",
    "The shop refused my credit card.",
    "You rejected my mortgage payment.",
    "You refused my loan repayment.",
    "You turned my loan application around quickly but the fee is wrong.",
    "I am turning my mortgage into a fixed one and nobody answers.",
    "We declined a loan you pushed on us.",
    "My husband declined the credit card you offered.",
    "I had declined the loan offer and was charged anyway.",
    "My loan application was not rejected, so where is the money?",
    "I have not been denied a loan.",
    "My declined credit card payment cost me a fee.",
    "I just refused your credit insurance.",
    "I was denied credit for the returned goods.",
    "I've never been refused a loan.",
    "You denied my credit card dispute.",
    "You denied my credit card chargeback claim.",
    "Refused my credit note",
    "You rejected the loan documents that I uploaded; which format?",
    "Payment by credit card refused",
    "Nobody denies credit card fraud happened.",
    "I'd rather refuse a loan.",
    "Please stop calling: I refuse any loan.",
    "I decline your credit card offer, stop writing.",
    "You refuse my credit card PIN change.",
    "Your app rejects my credit card number.",
    "Interest on my loan is too high.",
    "You denied the loan fee refund",
)


def test_F146_a_credit_that_was_refused_is_told_from_a_card_at_a_till_and_ones_own_no():
    texts = [*REFUSED, *NOT_REFUSED, "", None]
    told = says_refused(pd.Series(texts, dtype="str"))
    wrong = [text for text, is_so in zip(texts, told, strict=True) if is_so != (text in REFUSED)]
    assert wrong == []
