"""Rows, reads and public events."""
