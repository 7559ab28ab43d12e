"""Reads and checks reference and current data."""
