"""The rules of a filing, pure."""
