"""Words that every domain needs: who acts, when, where, and what can go wrong. No Django, no database."""
