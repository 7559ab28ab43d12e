"""Every message of an evaluation: its code and its English template. Pure.

A placeholder is `{value:format}`; writer.py has the formats. The template is also the key of its
translations, so run `make generate` after a change.
"""

from evaluation.messages.data_texts import NOTES, WARNINGS
from evaluation.messages.picture_texts import PICTURES
from evaluation.messages.template import Template
from evaluation.messages.verdict_texts import DECISION, DIFFERENCE, REASON, RULE

# values that are words of their own; `{value:term}` writes them
TERMS = {
    "reference": "the reference data",
    "current": "the current data",
    "first": "the first evaluation",
    "second": "the second evaluation",
    "unknown": "unknown",
    "holm": "Holm",
    "bh": "Benjamini-Hochberg",
    "rmse": "RMSE",
    "mae": "MAE",
    "mape": "MAPE",
    "r2": "R²",
    "accuracy": "Accuracy",
    "roc_auc": "ROC AUC",
    "image.archive": "archive inside the archive",
    "image.damaged": "damaged, or compressed by an unsupported method",
    "image.encrypted": "encrypted",
    "image.format": "not a JPEG, PNG or WebP picture",
    "image.large": "larger than BELVEDERE_MAX_IMAGE_BYTES",
    "image.path": "path to another folder",
    "image.ratio": "compressed more than pictures can be",
    "image.system": "file of the operating system",
    "image.unreadable": "can't be read",
    "days": "days",
    "hours": "hours",
    "minutes": "minutes",
    "seconds": "seconds",
}

# how a list of names ends when it is long
MORE_NAMES = Template("{names} and {more:count} more", "{names} and {more:count} more", "more")

CATALOGUE = RULE | DECISION | REASON | DIFFERENCE | WARNINGS | NOTES | PICTURES
