"""Maps the metrics of other services to queries."""
