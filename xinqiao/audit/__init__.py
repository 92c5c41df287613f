"""What happened: who did what to which record under which rule, and who looked at whom. Rows are only ever added."""
