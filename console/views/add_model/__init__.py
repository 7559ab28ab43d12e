"""The Add a model page."""
