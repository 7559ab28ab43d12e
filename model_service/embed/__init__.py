"""Adds monitoring to a FastAPI application that someone else wrote."""
