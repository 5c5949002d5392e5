"""Every error that the engine raises on purpose: what was got, what was expected, what to do."""


class EngineError(Exception):
    """Base of all of Attune's own errors; its text is fit to show to a user."""


class NotFound(EngineError):
    """An id, a file, a table or a version that does not exist."""


class BadInput(EngineError):
    """A file, a value or an argument that cannot be used as it is."""


class IdUsed(BadInput):
    """An id of a request that was used for something else before; nothing was stored."""


class NotAllowed(EngineError):
    """What the role of a person does not open; it says nothing of what lies behind."""


class AnsweredMeanwhile(EngineError):
    """An offer that somebody else has answered since it was shown; nothing was stored."""


class NeedsAgreement(EngineError):
    """What is proposed and not in force until a second person agrees."""


class SettingsError(EngineError):
    """A setting that is unknown, of the wrong type or out of range."""


class StateError(EngineError):
    """Written state (events, versions, records) that is damaged or locked."""


class NoVersion(StateError):
    """No fitted version serves yet; fitting one is the remedy."""

    def __init__(self) -> None:
        super().__init__("No version serves yet. Run: python -m engine retrain")


class Busy(StateError):
    """Written state that another process holds just now; trying again later is the remedy."""


class OtherFormat(StateError):
    """A version that another release of this program wrote; fitting it again is the remedy."""


class WeightsError(EngineError):
    """Model weights that are missing, or that are not the ones they claim to be."""


class TrainingError(EngineError):
    """A model that could not be fitted on the data at hand."""


class WriterError(EngineError):
    """A writer of texts that gave none; the template is shown in its place."""
