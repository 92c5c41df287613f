"""Who works here: accounts, roles, permissions, and the scope that the database enforces for each of them."""
