"""What ownview writes."""
