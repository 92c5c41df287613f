"""What reporting writes."""
