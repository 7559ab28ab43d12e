"""Scores, tests and judges the drift of columns."""
