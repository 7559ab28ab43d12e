"""Fixtures that several packages of tests share."""

from tests.postgres import postgres, postgres_url
from tests.services import api, churn, churn_data, data, trained, trained_churn

__all__ = [
    "api",
    "churn",
    "churn_data",
    "data",
    "postgres",
    "postgres_url",
    "trained",
    "trained_churn",
]
