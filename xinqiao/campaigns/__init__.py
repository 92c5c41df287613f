"""Special actions: a list of people or villages, an owner, steps, a deadline, progress, and the report at the end."""
