"""All input and output of the console: Prometheus, Alertmanager, the model services."""
