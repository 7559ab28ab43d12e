"""The table `predictions_feedback` of a model that classifies images, for dashboards in SQL."""

import datetime
from typing import Any

import sqlalchemy as sa

from model_service.models.base import LoggedModel
from model_service.models.image import ImageModel
from model_service.predictions.companion import Companion

NAME = "predictions_feedback"
PROBABILITY = "proba_"
LONGEST_COMMENT = 2_000


def companion_of(model: LoggedModel) -> Companion | None:
    """Return the companion table of a model's log; None for models of records."""
    if not isinstance(model, ImageModel):
        return None
    return Companion(feedback_table(model), ("feedback", "label", "comment", "feedback_at"))


def feedback_table(model: LoggedModel) -> sa.Table:
    """Return the table: a row for each prediction, with what its user said of it. Times are UTC."""
    table = sa.Table(
        NAME,
        sa.MetaData(),
        # SQLite counts up INTEGER alone, which has 64 bits there
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("prediction_id", sa.String(32), nullable=False, unique=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("model_version", sa.String(64), nullable=False),
        *(sa.Column(name, sa.Float(53), nullable=False) for name in probability_fields(model)),
        sa.Column("predicted_class", sa.String(200), nullable=False),
        sa.Column("confidence", sa.Float(53), nullable=False),
        sa.Column("low_confidence", sa.Boolean, nullable=False),
        sa.Column("inference_time_ms", sa.Float(53), nullable=False),
        sa.Column("image_bytes", sa.BigInteger, nullable=False),
        sa.Column("user_hash", sa.String(32), nullable=False),
        sa.Column("feedback", sa.String(8)),
        sa.Column("label", sa.String(200)),
        sa.Column("comment", sa.String(LONGEST_COMMENT)),
        sa.Column("feedback_at", sa.DateTime(timezone=True)),
    )
    with_feedback = table.c.feedback_at.is_not(None)
    sa.Index(
        f"{NAME}_feedback_at",
        table.c.feedback_at,
        sqlite_where=with_feedback,
        postgresql_where=with_feedback,
    )
    return table


def probability_fields(model: LoggedModel) -> dict[str, int]:
    """Return the place in the model's inputs of each field that is the probability of a class."""
    return {
        item.name: place
        for place, item in enumerate(model.inputs)
        if item.name.startswith(PROBABILITY)
    }


def votes_without_label(
    engine: sa.Engine, model: LoggedModel, start: float, end: float
) -> dict[str, bool]:
    """Return whether the vote is positive, by prediction, of votes that name no label.

    The predictions are of `start` <= time <= `end` (epoch seconds). Raises SQLAlchemyError.
    """
    table = feedback_table(model)
    # times are rounded to microseconds
    first, last = (
        datetime.datetime.fromtimestamp(moment, datetime.UTC) for moment in (start - 1, end + 1)
    )
    query = sa.select(table.c.prediction_id, table.c.feedback).where(
        table.c.created_at.between(first, last),
        table.c.feedback.is_not(None),
        table.c.label.is_(None),
    )
    with engine.connect() as connection:
        return {row[0]: row[1] == "positive" for row in connection.execute(query)}


def latest_feedback(engine: sa.Engine, model: LoggedModel, limit: int) -> dict[str, Any]:
    """Return counts of the latest votes, at most `limit`: positive, negative and with a label.

    `agreement` is the share of positive votes, None without votes. Raises SQLAlchemyError.
    """
    table = feedback_table(model)
    latest = (
        sa.select(table.c.feedback, table.c.label)
        .where(table.c.feedback_at.is_not(None))
        .order_by(table.c.feedback_at.desc())
        .limit(limit)
        .subquery()
    )
    query = sa.select(latest.c.feedback, sa.func.count(), sa.func.count(latest.c.label)).group_by(
        latest.c.feedback
    )
    with engine.connect() as connection:
        rows = {row[0]: (int(row[1]), int(row[2])) for row in connection.execute(query)}
    positive, negative = (rows.get(vote, (0, 0))[0] for vote in ("positive", "negative"))
    votes = positive + negative
    return {
        "positive": positive,
        "negative": negative,
        "with_label": sum(labels for _, labels in rows.values()),
        "agreement": positive / votes if votes else None,
    }
