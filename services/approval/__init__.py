"""Cases from acceptance to licence, and what regulators answered, on the park's desk."""
