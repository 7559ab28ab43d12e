"""What alerts are made of: comparisons, the time they held, what a rule would have done. Pure."""
