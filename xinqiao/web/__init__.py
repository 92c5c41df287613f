"""The shell around every page: base page, components, charts drawn on the server, and what went wrong as a page.

Answers for: how a page looks and is worked by keyboard, thumb and screen reader; the Jinja2 environment with its
filters; fields as the templates see them; one sentence after an act with its undo; the message catalogue.
Knows nothing of patients. The table of navigation is handed in by the project's settings.
"""
