"""Logs every prediction and reads the log back."""
