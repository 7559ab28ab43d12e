"""Cats and dogs: EfficientNet-Lite0 with a head for pets, which takes pictures."""

from model_service.models.cats_dogs.model import CatsDogs, load

__all__ = ["CatsDogs", "load"]
