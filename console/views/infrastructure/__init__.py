"""The Infrastructure page."""
