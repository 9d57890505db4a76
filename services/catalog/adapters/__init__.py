"""Tables, spreadsheets, profile folders, and what the others are told."""
