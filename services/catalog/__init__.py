"""What may be done by whom: items, guides, delegations, organisations and people, calendar."""
