"""Where care happens: administrative divisions with their history, institutions and what they serve, population by year."""
