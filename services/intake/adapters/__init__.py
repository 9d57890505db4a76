"""Rows, sealed personal data and public events of filings."""
