"""Stores evaluations in the database and their report files in a folder."""
