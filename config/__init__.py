"""Wiring only: settings, urls, the set-up. Nothing here decides anything about care."""
