"""Imports, publication, profiles, competence."""
