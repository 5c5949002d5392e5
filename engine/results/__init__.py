"""What the engine answers with: frozen records that a page, the command line or a file can show."""

from engine.results.assistant import (
    AGAIN,
    AI_NOTICE,
    ANSWERED,
    ASKED_BACK,
    HEARD,
    NOTHING,
    REFUSED,
    Answer,
    Asked,
    AssistantReply,
    Conversation,
    Fact,
    Found,
    Listener,
    Meeting,
    MeetingFact,
    Proposal,
    Transcript,
)
from engine.results.bank import Added, BankSummary, Oversight, Retention, Stop
from engine.results.brief import Brief, BriefOffer, Notice
from engine.results.campaigns import FOR_CHANCE, FOR_VALUE, Campaign, CampaignList, CampaignOutcome
from engine.results.customers import (
    SEVERITIES,
    Alerts,
    Driver,
    Insights,
    Mention,
    Metric,
    Preferences,
    Profile,
)
from engine.results.day import OUTCOMES, Call, CallCard, CallPart, Day, FollowUp
from engine.results.evaluation import (
    CROSS_SECTION,
    IN_TIME,
    Evaluation,
    NeedsAblation,
    RatingsReport,
    ResponseEvaluation,
    StabilityReport,
    WeakSpots,
)
from engine.results.fairness import (
    AdoptionComparison,
    BlindingReport,
    FairnessReport,
    GapReport,
    GroupComparison,
    Mitigation,
    ProxyReport,
)
from engine.results.imports import (
    ImportReview,
    Key,
    Question,
    Replies,
    Reply,
    ReviewedFile,
)
from engine.results.learning import (
    Answered,
    ConfidenceReport,
    Drift,
    ExpectedLoss,
    ExperimentLook,
    ExperimentSample,
    FeedbackStatistics,
    FineTuning,
    LearnedFrom,
    LearningSimulation,
    ListChanges,
    MetricFit,
    TrainingReport,
    Tuning,
    Usage,
)
from engine.results.money import (
    NO_ADVICE,
    Backtest,
    Cashflow,
    Due,
    Forecast,
    Goal,
    Outlook,
    Savings,
    Strategy,
    Volatility,
)
from engine.results.offers import (
    Affinity,
    Comparison,
    Explanation,
    Line,
    Offer,
    Part,
    ProductSheet,
    ProspectList,
    Recommendation,
    Removal,
    SupportAction,
)
from engine.results.receipts import Erasure, Receipt, Replay, TrailCheck, Verification
from engine.results.returns import ReturnEstimate, ReturnInputs
from engine.results.scans import (
    Doubt,
    NeedEvidence,
    Picture,
    PictureFeatures,
    ReceiptItem,
    ReceiptReading,
    ScanLine,
    Scanned,
    StoredScan,
)
from engine.results.scenarios import Change, LeverEffect, Situation, WhatIf, WhyNot
from engine.results.segments import (
    Segmentation,
    SegmentComparison,
    SegmentMap,
    SegmentProfile,
)
from engine.results.selections import Counted, Nothing, PilotScope, Selected, Selection
from engine.results.views import Note, View
from engine.results.writing import CustomerInsight, ProductNote, ProductVoice, Written
