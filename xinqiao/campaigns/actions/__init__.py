"""What campaigns writes."""
