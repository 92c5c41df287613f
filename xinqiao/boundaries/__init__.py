"""Divisions that merge, split, move or are renamed on a day: rehearsed with counts, then carried through accounts, institutions and people."""
