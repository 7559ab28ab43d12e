"""Demonstrate a running stack over HTTP: traffic, evaluations and alert drills."""
