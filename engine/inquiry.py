"""What may be asked beyond a list: each subject is a companion object of its own module."""

from engine.answers import Answers


class Inquiry(Answers):
    """The answers of `Answers`, and one property a subject that a page opens on demand."""
