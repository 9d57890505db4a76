"""Filings until they are accepted: received, checked, corrected once, accepted or ended."""
