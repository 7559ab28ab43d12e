"""Backup and restore of the data that cannot be generated again. Standard library only."""
