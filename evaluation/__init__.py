"""Reference and current data in, an evaluation out: scores, drift, verdict, report."""
