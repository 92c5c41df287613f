"""What transfers writes."""
