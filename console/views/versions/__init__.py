"""The Versions page."""
