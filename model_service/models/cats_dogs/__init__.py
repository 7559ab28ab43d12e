"""Cats and dogs: EfficientNet-Lite0 with a head for pets, which takes pictures."""
