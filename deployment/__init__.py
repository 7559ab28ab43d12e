"""Deployment: the stack as code."""
