"""What clocks writes."""
