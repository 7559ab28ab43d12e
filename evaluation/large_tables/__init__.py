"""Evaluates tables where they are stored, by profiles instead of rows."""
