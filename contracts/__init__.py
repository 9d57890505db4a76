"""What others may rely on: events as pydantic models, their JSON Schemas, samples, topics."""
