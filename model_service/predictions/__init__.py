"""Log every prediction, and read the log back."""
