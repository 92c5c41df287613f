"""Pages of duplicates: the list, two files side by side, what a merge moved."""
