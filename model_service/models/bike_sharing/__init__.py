"""Hourly demand of Washington's bike sharing: a random forest trained on January 2011."""

from model_service.models.bike_sharing.model import BikeSharing, load

__all__ = ["BikeSharing", "load"]
