"""Migrations of the gateway's database."""
