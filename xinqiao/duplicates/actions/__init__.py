"""What duplicates writes."""
