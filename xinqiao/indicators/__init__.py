"""Counts and rates of the programme, each declared once, and the people behind them.

A figure is declared in `catalogue/`: who is counted, over which base, in which period, by whose register and since when.
Two engines read the declarations: `engines/reference.py`, plain Python and obviously right, and `engines/sql.py`, one
statement in PostgreSQL. Tests hold them equal. Numerators and denominators are whole numbers; the division happens once,
in `rates.py`.
"""
