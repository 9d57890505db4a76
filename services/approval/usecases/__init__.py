"""What officers, applicants and events do to a case."""
