"""What paper reads."""
