"""What every part of the system is made with; no rule of the business lives here."""
