"""One person with two files: found in bulk, looked at side by side, merged with a ledger of every row that moved, and taken apart
again exactly.

Two files are never merged by the machine. It only says who may be one, and why; somebody of the county decides.
"""
