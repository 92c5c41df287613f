"""Pages of follow-up: the day's list, the visit form, one visit, tries without contact, what waits for a second person."""
