"""Finds the models to show, and keeps those that were added."""
