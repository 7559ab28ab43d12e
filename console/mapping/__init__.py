"""Maps the metrics of a service that someone else wrote."""
