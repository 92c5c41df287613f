"""What screening writes."""
