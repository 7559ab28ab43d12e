"""The normal law of the intervals. Pure."""

# the 97.5th percentile: both tails of a 95 percent interval
NORMAL_95 = 1.959964
