"""Adapters for all I/O of the console: Prometheus, Alertmanager, model services, saved queries."""
