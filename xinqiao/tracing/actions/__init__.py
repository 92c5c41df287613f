"""What tracing writes."""
