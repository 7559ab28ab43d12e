"""Scores predictions against the ground truth, and estimates scores without it."""
