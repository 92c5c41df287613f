"""One file per person: identity, addresses, guardians, diagnosis, consent, life cycle, and who is responsible since when."""
