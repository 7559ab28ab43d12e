"""Formats numbers, times and tables for the reader."""
