"""Warnings about a column, the same for frames and for tables."""

from evaluation.result import Message, message

# a document does not hold thousands of new categories in a sentence
MAX_NAMES = 10


def missing(column: str, rows_without: int, rows: int, side: str) -> list[Message]:
    """Return the warning of a column with some values missing; nothing where all or none are."""
    if not 0 < rows_without < rows:
        return []
    return [message("data.missing", column=column, missing=rows_without, rows=rows, side=side)]


def constant(column: str, reference: str | None, current: str | None) -> Message:
    """Return the warning of a column with one value in each data set."""
    if reference == current:
        return message("data.constant", column=column)
    return message(
        "data.constant_on_each_side", column=column, reference=reference, current=current
    )


def new_categories(column: str, categories: list[str], rows: int) -> Message:
    """Return the warning of categories that the reference does not have, in so many rows."""
    if len(categories) <= MAX_NAMES:
        return message(
            "data.new_categories",
            column=column, categories=len(categories), rows=rows, names=categories,
        )  # fmt: skip
    return message(
        "data.new_categories_among",
        column=column, categories=len(categories), rows=rows, names=categories[:MAX_NAMES],
    )  # fmt: skip
