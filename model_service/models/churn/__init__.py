"""Churn of a streaming provider's users: a calibrated classifier over two monthly snapshots."""

from model_service.models.churn.model import Churn, load

__all__ = ["Churn", "load"]
