"""Declares and updates the Prometheus metrics of the service."""
