"""What boundaries writes."""
