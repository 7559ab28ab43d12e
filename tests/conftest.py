"""Fixtures that several packages of tests share."""

from tests.services import api, churn, churn_data, data, trained, trained_churn

__all__ = ["api", "churn", "churn_data", "data", "trained", "trained_churn"]
