"""Runs, schedules, publishes and retains evaluations of the service."""
