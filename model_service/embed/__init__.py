"""Add monitoring to your own FastAPI application: `from model_service.embed import Monitoring`."""

from model_service.embed.monitoring import Monitoring

__all__ = ["Monitoring"]
