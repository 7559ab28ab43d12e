"""The sentences of evaluations: one catalogue, written in the reader's language and numbers."""

from evaluation.messages.document import (
    decision_reason,
    difference,
    notes,
    reason,
    rule,
    warnings,
    write_sentences,
)
from evaluation.messages.pictures import describe_pictures, is_of_pictures
from evaluation.messages.translations import LOCALE, load
from evaluation.messages.writer import ENGLISH, Numbers, Writer

__all__ = [
    "ENGLISH",
    "LOCALE",
    "Numbers",
    "Writer",
    "decision_reason",
    "describe_pictures",
    "difference",
    "is_of_pictures",
    "load",
    "notes",
    "reason",
    "rule",
    "warnings",
    "write_sentences",
]
