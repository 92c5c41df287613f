"""What consents writes."""
