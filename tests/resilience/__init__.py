"""What stays true when the power goes: servers and databases killed outright while people work."""
