"""Writes the HTML, JSON and CSV reports of an evaluation."""
