"""Evaluations that the console itself makes, of models whose services have no /evaluations."""
