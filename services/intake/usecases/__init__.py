"""What may be done with a filing, one transaction each."""
