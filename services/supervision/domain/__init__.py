"""The rules of a push, its inspections and its feedback."""
