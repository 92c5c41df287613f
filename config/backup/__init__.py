"""Back-up and restore: one sealed file with the database and the keys, and the proof that it opens again."""
