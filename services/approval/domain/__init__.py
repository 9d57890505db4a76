"""The rules of a case; no I/O."""
