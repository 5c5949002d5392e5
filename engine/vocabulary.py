"""The one vocabulary: names of tables, columns, lists, signals, actions and statuses."""

from typing import Final, Literal

Kind = Literal["id", "text", "list", "number", "flag", "time", "json"]

DTYPES: Final[dict[Kind, str]] = {
    "id": "str",
    "text": "str",
    "list": "str",
    "json": "str",
    "number": "float64",
    "flag": "boolean",
    "time": "datetime64[us]",
}
"""Kind of a column -> its type in a table."""

LIST_SEPARATOR: Final = "; "
"""Between the items of a `list` column (goals, topics, tags ...) in one text cell."""

# --- the bank's tables -----------------------------------------------------------------------

TABLES: Final[dict[str, dict[str, Kind]]] = {
    "customers": {
        "customer_id": "id",
        "audience": "text",
        "name": "text",
        "email": "text",
        "phone": "text",
        "age": "number",
        "age_as_of": "time",
        "gender": "text",
        "marital_status": "text",
        "dependents": "number",
        "education": "text",
        "city": "text",
        "region": "text",
        "country": "text",
        "occupation": "text",
        "industry": "text",
        "annual_income": "number",
        "credit_score": "number",
        "risk_tolerance": "text",
        "goals": "list",
        "joined_on": "time",
        "relationship_manager": "text",
        "status": "text",
        "satisfaction": "number",
        "savings_goal": "number",
        "vulnerable": "flag",
        "annual_revenue": "number",
        "n_employees": "number",
        "years_in_business": "number",
        "attributes": "json",
    },
    "consents": {
        "customer_id": "id",
        "purpose": "text",
        "status": "text",
        "recorded_at": "time",
        "source": "text",
    },
    "accounts": {
        "account_id": "id",
        "customer_id": "id",
        "kind": "text",
        "balance": "number",
        "credit_limit": "number",
        "interest_rate": "number",
        "opened_on": "time",
        "as_of": "time",
        "attributes": "json",
    },
    "labels": {"customer_id": "id", "name": "text", "value": "number", "known_on": "time"},
    "contacts": {
        "customer_id": "id",
        "contacted_at": "time",
        "channel": "text",
        "actor": "text",
        "note": "text",
    },
    "products": {
        "product_id": "id",
        "name": "text",
        "item_type": "text",
        "audience": "text",
        "category": "text",
        "subcategory": "text",
        "tier": "text",
        "description": "text",
        "features": "list",
        "tags": "list",
        "eligibility": "text",
        "requires": "list",
        "min_age": "number",
        "max_age": "number",
        "min_income": "number",
        "min_balance": "number",
        "min_credit_score": "number",
        "min_investment": "number",
        "interest_rate": "number",
        "annual_fee": "number",
        "monthly_fee": "number",
        "management_fee": "number",
        "rewards_rate": "number",
        "credit_limit_min": "number",
        "credit_limit_max": "number",
        "loan_amount_min": "number",
        "loan_amount_max": "number",
        "term_months": "number",
        "monthly_premium": "number",
        "coverage_amount": "number",
        "deductible": "number",
        "expected_return": "number",
        "volatility": "number",
        "risk_customer": "number",
        "risk_bank": "number",
        "profit_margin": "number",
        "value_customer": "number",
        "retention_value": "number",
        "scores_estimated": "flag",
        "lock_in_months": "number",
        "sensitive": "flag",
        "attributes": "json",
    },
    "holdings": {
        "customer_id": "id",
        "product_id": "id",
        "opened_on": "time",
        "closed_on": "time",
    },
    "transactions": {
        "transaction_id": "id",
        "customer_id": "id",
        "booked_at": "time",
        "amount": "number",
        "currency": "text",
        "description": "text",
        "merchant": "text",
        "category": "text",
        "payment_method": "text",
        "channel": "text",
        "location": "text",
        "attributes": "json",
    },
    "months": {
        "customer_id": "id",
        "month": "time",
        "balance": "number",
        "income": "number",
        "spending": "number",
        "loan_balance": "number",
        "n_transactions": "number",
    },
    "messages": {
        "message_id": "id",
        "customer_id": "id",
        "sent_at": "time",
        "kind": "text",
        "platform": "text",
        "text": "text",
        "topics": "list",
        "brands": "list",
        "resolved": "flag",
        "repeated": "flag",
        "sentiment": "number",
        "engagement": "number",
        "attributes": "json",
    },
    "events": {
        "event_id": "id",
        "recorded_at": "time",
        "actor": "text",
        "customer_id": "id",
        "product_id": "id",
        "action": "text",
        "rating": "number",
        "relevance": "number",
        "clarity": "number",
        "value": "number",
        "complexity": "number",
        "risk_level": "number",
        "cost": "number",
        "reason": "text",
        "comment": "text",
        "rank": "number",
        "score": "number",
        "propensity": "number",
        "display_probability": "number",
        "model_version": "text",
        "receipt_id": "text",
        "schema_version": "number",
        "checksum": "text",
    },
}
"""Table -> column -> kind. `time` is UTC without a zone; `number` is float64 with NaN for missing;
`flag` is pandas' nullable boolean; `json` is one JSON object as text. Rates are shares (.05)."""

LOGGED: Final[dict[str, Kind]] = {"edition": "number", "arm": "text"}
"""What the log says of an event beside the table's columns: the edition of the bank that served,
and the arm of an experiment, missing where there is none."""

FOREIGN: Final = "foreign_transactions"
"""Transactions in another currency than the bank's: there are no rates, so they are in no sum."""
TABLES[FOREIGN] = dict(TABLES["transactions"])

ORDERS: Final = "standing_orders"
"""What a customer told the bank to pay again and again. They have no day and may follow from what
is to be forecast (a loan's instalment), so they are said and no score is worked out from them."""
TABLES[ORDERS] = {
    "order_id": "id",
    "customer_id": "id",
    "account_id": "id",
    "amount": "number",
    "purpose": "text",
    "payee": "text",
    "attributes": "json",
}

KEYS: Final[dict[str, tuple[str, ...]]] = {
    "customers": ("customer_id",),
    "accounts": ("account_id",),
    "products": ("product_id",),
    "transactions": ("transaction_id",),
    FOREIGN: ("transaction_id",),
    "months": ("customer_id", "month"),
    "messages": ("message_id",),
    "events": ("event_id",),
}
"""Columns that identify a row, for the tables that have such columns."""

ALSO_MATCHED: Final[dict[str, tuple[str, ...]]] = {
    "customers": ("balance", "day of birth", "monthly income"),
    "transactions": (
        "money in",
        "money out",
        "in or out",
        "account",
        "running balance",
        "booking status",
    ),
}
"""What else a column of an uploaded file may be: ours follow from it."""

# --- values ----------------------------------------------------------------------------------

RETAIL: Final = "retail"
CORPORATE: Final = "corporate"
AUDIENCES: Final = (RETAIL, CORPORATE)

BUSINESS: Final = " business"
SECTOR: Final = " sector"
"""How an industry ends as an interest: a company is a business of it, a person works in it."""

TIERS: Final = ("Entry", "Standard", "Premium", "Elite")
"""Levels of a product that are known to lie above one another, lowest first."""
ITEM_TYPES: Final = ("product", "service", "content")
RISK_TOLERANCES: Final = ("low", "medium", "high", "very high")
ACCOUNT_KINDS: Final = ("current", "savings", "card", "loan", "deposit", "investment")
MESSAGE_KINDS: Final = ("post", "ticket", "chat", "voice")

PERSONALISATION: Final = "personalisation"
SOCIAL: Final = "social"
MARKETING: Final = "marketing"
PURPOSES: Final = (PERSONALISATION, SOCIAL, MARKETING)
CATEGORY_PURPOSE: Final = "category:"
"""A purpose "category:NAME" that is refused switches that category off for the customer."""

EVIDENCE_PURPOSE: Final = {
    "receipt": PERSONALISATION,
    "voice": PERSONALISATION,
    "note": PERSONALISATION,
    "post": SOCIAL,
}
"""Where evidence of a need comes from -> the purpose without which it counts nothing."""

GRANTED: Final = "granted"
REFUSED: Final = "refused"
UNKNOWN: Final = "unknown"
CONSENT_STATUSES: Final = (GRANTED, REFUSED, UNKNOWN)

ACTIONS: Final = (
    "shown",
    "viewed",
    "clicked",
    "selected",
    "accepted",
    "postponed",
    "dismissed",
    "rated",
    "purchased",
    "contacted",
    "retracted",
)
RATING_ASPECTS: Final = ("relevance", "clarity", "value", "complexity", "risk_level", "cost")

METRICS: Final = ("churn", "profit", "risk", "acumen")
PRODUCT_SCORES: Final = (
    "risk_customer",
    "value_customer",
    "profit_margin",
    "risk_bank",
    "retention_value",
)

GROWTH: Final = "growth"
RETENTION: Final = "retention"
LISTS: Final = (GROWTH, RETENTION)
PRICE_KEY: Final = " | "
"""Between list, attribute, group and kind of offer in the key of a price on groups."""
PRICE_FORM: Final = PRICE_KEY.join((" or ".join(LISTS), "ATTRIBUTE", "GROUP", "KIND"))

SIGNALS: Final = (
    "needs",
    "collaborative",
    "item_to_item",
    "transitions",
    "suitability",
    "mood",
    "rules",
    "popularity",
    "feedback",
    "answers",
)
"""Each is a table of shape (n_customers, n_products): how it is worked out stands in
engine/ranking/signals, how it is told in engine/explain/signals."""

PARTS: Final = (*SIGNALS, "product", "objective")
"""What a score is the sum of: one part a signal, a product's intercept, a list's objective."""

FORBIDDEN_FEATURES: Final = frozenset(
    {
        "gender",
        "age",
        "age_as_of",
        "birth_date",
        "name",
        "email",
        "phone",
        "city",
        "region",
        "country",
        "location",
        "marital_status",
        "nationality",
    }
)
"""Never read by a signal, a metric or a need; only eligibility (age) and the audit read them."""

SOURCE_NAMES_OF_TRAITS: Final = frozenset(
    {
        "sex",
        "gender_identity",
        "birthdate",
        "date_of_birth",
        "dob",
        "birth_number",
        "birthday",
        "year_of_birth",
        "birth_year",
        "full_name",
        "first_name",
        "last_name",
        "surname",
        "username",
        "address",
        "state",
        "district",
        "geography",
        "county",
        "province",
        "postcode",
        "postal_code",
        "zip",
        "zip_code",
        "e_mail",
        "phone_number",
        "mobile",
        "civil_status",
        "marital",
        "ethnicity",
        "race",
        "religion",
        "disability",
        "citizenship",
        "native_country",
        "age_group",
        "age_band",
    }
)
"""What sources call such traits, where an import kept them as attributes; no column of such a name
is learned from."""

SPENDING_CATEGORIES: Final = (
    "groceries",
    "dining",
    "travel",
    "transport",
    "fuel",
    "housing",
    "utilities",
    "telecom",
    "shopping",
    "technology",
    "entertainment",
    "health",
    "education",
    "insurance",
    "investments",
    "fees and charges",
    "cash and transfers",
    "children and family",
    "other",
)
INCOME_CATEGORY: Final = "income"
MASKED: Final = "Sensitive (masked)"
"""Merchant and category of a transaction that tells of health, belief, union, politics or sex life
(engine/bank/parsing/sensitive_spending.py)."""

# --- what the forms for added records offer (any other short text is taken as well) --------------

PURCHASE_CHANNELS: Final = ("in store", "online", "mobile app")
PAYMENT_METHODS: Final = ("credit card", "debit card", "transfer", "direct debit", "cash")
POST_PLATFORMS: Final = ("Facebook", "Instagram", "LinkedIn", "Reddit", "X")
TICKET_TOPICS: Final = (
    "account access",
    "app and website",
    "card",
    "cash machine",
    "fees and charges",
    "fraud and security",
    "interest rate",
    "loan",
    "payment or transfer",
    "service and waiting",
)
"""Three channels, five methods, five platforms and ten concerns."""

# --- the audit trail ---------------------------------------------------------------------------

LOOKED: Final = "looked"
EXPORTED: Final = "exported"
AUDITED: Final = "audited"
CONSENTED: Final = "consent"
EDITED: Final = "edited"
ADDED: Final = "added"
DECIDED: Final = "decided"
UNDONE: Final = "undone"
SET: Final = "setting"
TRAINED: Final = "trained"
ROLLED_BACK: Final = "rolled_back"
ERASED: Final = "erased"
RESET: Final = "reset"
RETAINED: Final = "retained"
TRAIL_ACTIONS: Final = (
    LOOKED,
    EXPORTED,
    AUDITED,
    CONSENTED,
    EDITED,
    ADDED,
    DECIDED,
    UNDONE,
    SET,
    TRAINED,
    ROLLED_BACK,
    ERASED,
    RESET,
    RETAINED,
)
"""What is noted of what people do, beside what they are shown (receipts)."""
Kept = Literal[
    "events",
    "receipts",
    "contact_notes",
    "messages",
    "evidence",
    "scans",
    "editions",
    "trail_details",
]
"""Kinds of data that have a retention period."""
AUDIT_K: Final = 5
"""First offers of each customer that an audit counts where nothing else is asked."""
PROGRAM: Final = "the program"
"""Who acts where no person does: a first start, a command without a name."""
