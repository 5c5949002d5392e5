"""What rules, metrics, parts of a score, systems, lists, actions and alerts are called for people.

Every table is complete: a test holds each to the names that it gives words to.
"""

from collections.abc import Mapping
from typing import Final

NO_CREDIT_LABEL: Final = "No credit: "
"""How the label of a rule begins that keeps credit back."""
RULE_LABELS: Final[Mapping[str, str]] = {
    "allowed": "May be offered",
    "consent": "Opted out of personal recommendations",
    "objection": "Objects to marketing",
    "status": "Relationship has ended",
    "audience": "For other customers",
    "held": "Already held",
    "hidden": "Accepted, postponed or unwanted",
    "vulnerable": f"{NO_CREDIT_LABEL}marked as vulnerable",
    "distress": f"{NO_CREDIT_LABEL}the customer's own words",
    "arrears": f"{NO_CREDIT_LABEL}in arrears or a payment missed",
    "shortfall": f"{NO_CREDIT_LABEL}money will run short",
    "complaint": f"{NO_CREDIT_LABEL}open complaint",
    "eligibility": "Not eligible",
    "affordability": "Not affordable",
    "suitability": "Too much risk",
    "experiment": "Kept apart by an experiment",
    "category limit": "Category limit",
}
"""Rule of the guard, or of the list's variety -> why a product is left out."""

METRIC_LABELS: Final[Mapping[str, str]] = {
    "churn": "Churn index",
    "profit": "Profit",
    "risk": "Risk appetite",
    "acumen": "Financial acumen",
}
"""Metric of a customer, 0-10 -> what it measures."""

METRIC_MEANINGS: Final[Mapping[str, str]] = {
    "churn": "10 is the most likely to leave.",
    "profit": "Of this bank's customers, 10 is the most profitable.",
    "risk": "10 accepts the most risk.",
    "acumen": "10 is the most experienced.",
}
"""Metric -> what its highest value means."""

LEARNED_METRIC_LABELS: Final[Mapping[str, str]] = {"churn": "Churn, learned"}
"""Metric that is no index once it is learned from labels of 0 and 1 -> what it is called then."""

DRIFT_LABELS: Final[Mapping[str, str]] = {
    "balance": "Balance",
    "income_month": "Income a month",
    "spending_month": "Spending a month",
    "payments_month": "Payments a month",
    "credit_score": "Credit score",
    "n_holdings": "Number of products held",
    "n_messages": "Number of messages",
    "audience": "Retail or corporate",
    "risk_tolerance": "Risk tolerance",
    "main_spending": "What is spent most on",
    "products_held": "Which products are held",
    "products_taken": "Which products are taken",
}
"""Field whose distribution is compared with that at a training -> what it is called."""

DRIFT_CHANGES: Final[Mapping[str, str]] = {
    "large": "Large",
    "some": "Some",
    "none": "None",
    "chance": "Not more than chance",
    "too few": "Too few to say",
}
"""Change of such a field -> what it is called."""

PRODUCT_SCORE_LABELS: Final[Mapping[str, str]] = {
    "risk_customer": "Risk for the customer",
    "value_customer": "Value to the customer",
    "profit_margin": "Margin for the bank",
    "risk_bank": "Risk for the bank",
    "retention_value": "Keeping the customer",
}
"""Score of a product, 0-10 -> what it measures."""

PART_LABELS: Final[Mapping[str, str]] = {
    "needs": "Needs",
    "collaborative": "Similar customers",
    "item_to_item": "Products held",
    "transitions": "Usual next step",
    "suitability": "Suitability",
    "mood": "Mood",
    "rules": "Bank's rules",
    "popularity": "Popularity",
    "feedback": "Earlier feedback",
    "answers": "Answers of others",
    "product": "Product itself",
    "objective": "Aim of this list",
    "group_prices": "Prices on groups",
}
"""Signal or other part of a score -> where it comes from."""

SYSTEM_LABELS: Final[Mapping[str, str]] = {
    "served": "The growth list as it is shown",
    "served_retention": "The retention list as it is shown",
    "blend": "The blend of all signals",
    "fixed_weights": "The blend with fixed weights",
    "random": "By chance",
    "popular_owned": "What most people hold",
    "popular_adopted": "What most people took lately",
    "rules": "Rules, then what the segment holds",
    "item_to_item": "What goes with products held",
    "logistic": "A regression for each product",
    "lightfm": "Similar customers (LightFM)",
    "next_steps": "What holders took next",
    "popularity": "Popularity among customers alike",
    "needs": "Needs alone",
    "suitability": "Suitability alone",
    "mood": "Mood alone",
    "feedback": "Own feedback alone",
    "answers": "Answers alone",
}
"""System of an evaluation -> how it makes its lists."""

LIST_LABELS: Final[Mapping[str, str]] = {"growth": "Growth", "retention": "Retention"}
"""List of offers -> its aim."""

ACTION_LABELS: Final[Mapping[str, str]] = {
    "shown": "Shown",
    "viewed": "Viewed",
    "clicked": "Clicked",
    "selected": "Selected",
    "accepted": "Accepted",
    "postponed": "Not now",
    "dismissed": "Not suitable",
    "rated": "Rated",
    "purchased": "Purchased",
    "contacted": "Contacted",
    "retracted": "Undone",
}
"""Action of an event -> what was done with an offer."""

DISMISSAL_LABELS: Final[Mapping[str, str]] = {
    "unsuitable": "It does not fit this customer",
    "held already": "The customer has it already",
    "held elsewhere": "The customer has it elsewhere",
    "bad timing": "The moment is wrong",
    "not interested": "The customer is not interested",
    "too expensive": "It costs too much",
    "wrong data": "What we know of the customer is wrong",
}
"""Reason of a dismissal, as it is stored -> what a person chooses."""

SOURCE_LABELS: Final[Mapping[str, str]] = {
    "receipt": "Receipt",
    "voice": "Voice message",
    "note": "Meeting note",
    "post": "Post",
}
"""Where evidence of a need comes from."""

PURPOSE_LABELS: Final[Mapping[str, str]] = {
    "personalisation": "Personal recommendations",
    "social": "Use of social posts",
    "marketing": "Marketing contact",
}
"""Purpose of a consent -> what is agreed to."""

CREDIT_NOTE: Final = (
    "Whoever is offered credit from this list has to be told that it was personalised by automated "
    "processing; the file says so in every row of credit"
)
CREDIT_NOTICE: Final = "Personalised by automated processing of the customer's data"
"""What stands with every offer of credit (Directive (EU) 2023/2225, article 13)."""

TRAIL_LABELS: Final[Mapping[str, str]] = {
    "looked": "Opened a customer",
    "exported": "Exported",
    "audited": "Ran an audit",
    "consent": "Set a consent",
    "edited": "Changed a record",
    "added": "Added a record",
    "decided": "Decided on an offer",
    "undone": "Took a decision back",
    "setting": "Changed a setting",
    "trained": "Trained a version",
    "rolled_back": "Rolled back",
    "erased": "Erased a customer",
    "reset": "Reset what was written",
    "retained": "Deleted what is past its period",
}
"""Action of the audit trail -> what was done."""

RETENTION_LABELS: Final[Mapping[str, str]] = {
    "events": "What people answered to offers",
    "receipts": "Lists that were shown",
    "contact_notes": "Notes of talks",
    "messages": "Posts, tickets and calls set down here",
    "evidence": "Evidence of needs, with its sentences",
    "scans": "Pictures of receipts",
    "editions": "Earlier editions of the bank",
    "trail_details": "Details in the audit trail",
}
"""Kind of data that has a retention period -> what it is."""

ALERT_TITLES: Final[Mapping[str, str]] = {
    "open_complaint": "Case left open",
    "says_leaving": "Speaks of leaving",
    "churn": "May leave",
    "shortfall": "Shortfall ahead",
    "mood_shift": "Mood has turned",
    "unusual_transaction": "Unusual payment",
    "spending_limit": "Spending limit passed",
    "volatility": "Spending swings",
    "loan_nearly_repaid": "Loan nearly repaid",
    "savings_goal": "Savings goal reached",
    "fairness": "Fairness of the lists",
}
"""Kind of an alert -> its title."""

CAUSE_LABELS: Final[Mapping[str, str]] = {
    "case": "Unresolved case",
    "repeated": "Case said again",
    "unhappy": "Very unhappy messages",
    "support": "Needs help, not credit",
    **{
        kind: title
        for kind, title in ALERT_TITLES.items()
        if kind not in ("fairness", "open_complaint")
    },
}
"""What makes a call urgent -> what it is called; a case left open is the case itself."""

CONTACT_LABELS: Final[Mapping[str, str]] = {
    "reached": "Reached",
    "not reached": "Not reached",
    "follow-up": "Follow-up promised",
    "snoozed": "Snoozed",
    "done": "Done",
}
"""What was done about a customer -> what it is called."""

TOLD_LABELS: Final[Mapping[str, str]] = {
    "child": "A child",
    "house": "A house or flat",
    "move": "A move",
    "job": "Work",
    "retirement": "Retirement",
    "bereavement": "A bereavement",
    "goal": "A goal",
    "promise": "A promise of ours",
}
"""What notes of a meeting tell -> what it is called."""

COLUMN_LABELS: Final[Mapping[str, str]] = {
    "customer_id": "Customer number",
    "account_id": "Account number",
    "product_id": "Product number",
    "transaction_id": "Number of the payment",
    "message_id": "Number of the message",
    "event_id": "Number of the event",
    "audience": "Person or company",
    "annual_income": "Income a year",
    "annual_revenue": "Revenue a year",
    "n_employees": "Employees",
    "n_transactions": "Payments",
    "joined_on": "Customer since",
    "booked_at": "Day of booking",
    "sent_at": "Day of the message",
    "recorded_at": "Day of record",
    "contacted_at": "Day of contact",
    "known_on": "Known since",
    "opened_on": "Opened",
    "closed_on": "Closed",
    "item_type": "Product, service or content",
    "in or out": "Word that says in or out",
    "account": "Account of the payment",
    "running balance": "Balance after the payment",
}
"""Column of a table -> what it is called, where its name in plain letters does not say it."""

QUESTIONS: Final[Mapping[str, str]] = {
    "table": "What does {file} hold?",
    "column": "What is {column} in {file}?",
    "needed": "Which column of {file} is the {column}?",
    "direction": "Which way do the amounts of {file} go?",
    "currency": "In which currency are the amounts of {file}?",
    "date order": "In what order are the dates of {column} in {file} written?",
    "decimal sign": "What do the marks in the numbers of {column} in {file} mean?",
    "typed dates": "Did a spreadsheet take the month for the day in {column} of {file}?",
    "century": "In which century are the short years of {column} in {file}?",
    "time zone": "Which days are meant by {column} in {file}?",
    "unit": "What are figures without the sign % of {column} in {file}?",
    "scale": "What are the figures of {column} in {file}?",
    "sign": "What is an amount of {column} in {file} with both a minus and DR?",
    "customer": "Whose are the rows of {file}?",
    "accounts": "Are the accounts of {file} one?",
    "rows": "Which rows of {file} count?",
    "months": "What do the columns {column} of {file} hold?",
    "kind of account": "What kind of account is each of {file}?",
    "fee": "Is the fee in {column} of {file} part of the amount?",
    "encoding": "In which encoding are the letters of {file}?",
    "delimiter": "What parts the cells of {file}?",
    "header row": "Which row of {file} holds the names of the columns?",
}
"""What a reading of a file is about -> the question to a person."""

SAID_WHOLE: Final = frozenset(
    {"accounts", "companies", "customers", "holdings", "months", "plan", "rows"}
)
"""What a reading is about that says itself what it is about."""

READING_LABELS: Final[Mapping[str, str]] = {
    "negative is out": "A minus is money out",
    "positive is out": "A plus is money out, as on card statements",
    "all go out": "All of it is spending",
    "all come in": "All of it is income",
    "as the words say": "As the texts say: salary in, groceries out",
    "as the balance says": "As the running balance says",
    "left out": "None of these: leave it out",
    "day before month": "Day first: 03/04 is 3 April",
    "month before day": "Month first: 03/04 is 4 March",
    "year before month": "Year first",
    "day and month changed places": "Yes: its dates with a day up to the 12th are the other way",
    "as they are": "No: they are right as they are",
    "in the amount": "Yes: the amount holds it already",
    "on top of the amount": "No: it went out on top of the amount",
    "20yy up to today, else 19yy": "Up to this year in this century, later ones in the last",
    "19yy": "All in the last century",
    "from 1 to 5": "From 1 to 5: 4 is good",
    "from 0 to 10": "From 0 to 10: 4 is poor",
    "whole units": "Whole units: 1250 is 1,250",
    "hundredths": "The smallest unit of the currency, such as cents: 1250 is 12.50 euros",
    "thousands": "Thousands: 45 is 45,000",
    "lakhs": "Lakhs: 4.5 is 450,000",
    "millions": "Millions: 45 is 45,000,000",
    "crores": "Crores: 4.5 is 45,000,000",
    "billions": "Billions: 4.5 is 4,500,000,000",
    "bands": "Numbers of bands, no money: 3 is the third band",
    "per cent": "Per cent: 7 is 7 %",
    "shares": "Shares: 0.07 is 7 %",
    "the minus and DR say the same": "Money out: the minus and DR say the same",
    "DR reverses the minus": "Money that came back: DR reverses the minus",
    "set apart": "They are no data: set them apart",
    "kept": "They are data: keep them",
    "spending": "What was spent in each month",
    "income": "What came in in each month",
    "balance": "The balance at the end of each month",
    "left with the other columns": "None of these: keep them beside the record",
    "none": "No row: the file has no names",
    "": "Not said yet",
}
"""Reading of a file -> what a person would say."""


def rule_label(name: str) -> str:
    """What people call a rule; its own name where a receipt holds one that is no more."""
    return RULE_LABELS.get(name, name.capitalize())


def part_label(name: str) -> str:
    """What people call a part; its own name in words where it is a new one."""
    words = name.replace("_", " ")
    return PART_LABELS.get(name, words[:1].upper() + words[1:])


def column_label(name: str) -> str:
    """What people call a column of a table."""
    words = name.replace("_", " ")
    return COLUMN_LABELS.get(name, words[:1].upper() + words[1:])


def reading_label(name: str) -> str:
    """A reading of a file as a person would say it."""
    words = name.replace("_", " ")
    return READING_LABELS.get(name, words[:1].upper() + words[1:])


def said_of(about: str, reading: str) -> str:
    """What was decided, as the beginning of a sentence: "currency is EUR", "2 rows set apart"."""
    return reading if about in SAID_WHOLE else f"{about} is {reading}"


def question_about(about: str) -> str:
    """The question about a reading, with {file} and {column} to be filled in."""
    place = "{column} in {file}"
    return QUESTIONS.get(about, f"Is the {about} of {place} read right?")


MENTION_LABELS: Final[Mapping[str, str]] = {
    "topic": "Topics",
    "hashtag": "Hashtags",
    "brand": "Brands",
}
"""What messages are about -> what a list of them is called."""
