"""Queues evaluation jobs in the database and runs them in a worker process."""
