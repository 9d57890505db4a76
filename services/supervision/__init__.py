"""Supervision: decisions pushed to their regulators, claimed, looked into and answered."""
