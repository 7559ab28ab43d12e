"""SQL queries on the table `predictions_feedback`, for the data source that only reads.

Grafana replaces its macros ($__timeFrom(), $__timeTo(), $__timeFilter(column)) by the limits of the
time range and $__interval by the step of a chart.
"""

from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.runtime import UnknownDataquery
from grafana_foundation_sdk.models.common import DataSourceRef

SOURCE = DataSourceRef(type_val="grafana-postgresql-datasource", uid="cats-dogs-postgres")
STEP = "greatest(interval '$__interval', interval '15 seconds')"


@dataclass(frozen=True)
class SqlQuery:
    """A question to the database. A `time_series` has a column `time` and one for each series."""

    title: str
    unit: str
    description: str
    text: str
    format: Literal["table", "time_series"] = "table"


class SqlTarget(Builder[UnknownDataquery]):
    """Builds the target of a panel; the SDK has no queries of this data source."""

    def __init__(self, query: SqlQuery, index: int) -> None:
        self._query = query
        self._ref = chr(ord("A") + index)

    def build(self) -> UnknownDataquery:
        return UnknownDataquery(
            {
                "refId": self._ref,
                "datasource": SOURCE.to_json(),
                "editorMode": "code",
                "format": self._query.format,
                "rawQuery": True,
                "rawSql": self._query.text,
            }
        )


LOW_CONFIDENCE = SqlQuery(
    "Low confidence, 10 minutes, by SQL",
    "ratio",
    "Share of the predictions of the last 10 minutes whose confidence is below the threshold "
    "BELVEDERE_LOW_CONFIDENCE, counted in the database.",
    "SELECT avg(low_confidence::int) AS value\n"
    "FROM predictions_feedback\n"
    "WHERE created_at > $__timeTo()::timestamptz - interval '10 minutes'\n"
    "  AND created_at <= $__timeTo()::timestamptz",
)
LOW_CONFIDENCE_OVER_TIME = SqlQuery(
    "Low confidence by SQL",
    "ratio",
    "Share of the predictions of the 10 minutes before each point whose confidence is below the "
    "threshold, counted in the database. The same number as by PromQL.",
    "SELECT moment AS time, (\n"
    "  SELECT avg(low_confidence::int)\n"
    "  FROM predictions_feedback\n"
    "  WHERE created_at > moment - interval '10 minutes' AND created_at <= moment\n"
    ') AS "low confidence"\n'
    "FROM generate_series(\n"
    f"  $__timeFrom()::timestamptz, $__timeTo()::timestamptz, {STEP}\n"
    ") AS moment\n"
    "ORDER BY moment",
    "time_series",
)
CONFIDENCE_OVER_TIME = SqlQuery(
    "Confidence",
    "ratio",
    "Median and 10th percentile of the confidence of the predictions of each step.",
    "SELECT\n"
    f"  date_bin({STEP}, created_at, timestamptz 'epoch') AS time,\n"
    '  percentile_cont(0.5) WITHIN GROUP (ORDER BY confidence) AS "median",\n'
    '  percentile_cont(0.1) WITHIN GROUP (ORDER BY confidence) AS "10th percentile"\n'
    "FROM predictions_feedback\n"
    "WHERE $__timeFilter(created_at)\n"
    "GROUP BY 1\n"
    "ORDER BY 1",
    "time_series",
)
FEEDBACK_BY_CLASS = SqlQuery(
    "Feedback by class",
    "",
    "Predictions of the time range and the votes on them, by predicted class.",
    "SELECT\n"
    '  predicted_class AS "Predicted",\n'
    '  count(*) AS "Predictions",\n'
    "  count(*) FILTER (WHERE feedback = 'positive') AS \"Positive\",\n"
    "  count(*) FILTER (WHERE feedback = 'negative') AS \"Negative\"\n"
    "FROM predictions_feedback\n"
    "WHERE $__timeFilter(created_at)\n"
    "GROUP BY predicted_class\n"
    "ORDER BY predicted_class",
)
LATEST_NEGATIVE_FEEDBACK = SqlQuery(
    "Latest negative feedback",
    "",
    "The last 50 votes of the time range that say that the prediction was wrong, with the label "
    "and the comment of the user.",
    "SELECT\n"
    '  feedback_at AS "Time",\n'
    '  predicted_class AS "Predicted",\n'
    '  label AS "Label",\n'
    '  confidence AS "Confidence",\n'
    '  comment AS "Comment",\n'
    '  prediction_id AS "Prediction"\n'
    "FROM predictions_feedback\n"
    "WHERE feedback = 'negative'\n"
    "  AND $__timeFilter(feedback_at)\n"
    "  AND predicted_class ~ '^(${class:regex})$'\n"
    "ORDER BY feedback_at DESC\n"
    "LIMIT 50",
)
STORED_PREDICTIONS = SqlQuery(
    "Stored predictions",
    "rows",
    "Predictions of the time range in the table predictions_feedback.",
    "SELECT count(*) AS value\nFROM predictions_feedback\nWHERE $__timeFilter(created_at)",
)
