"""The person's own view of the record: asked for, checked, printed without what concerns others, put right on request."""
