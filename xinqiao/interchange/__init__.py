"""Registers and visits that come in as workbooks: read, checked against the forms, held against what is on file, amended
row by row, and committed whole or not at all.

Answers for: what a file may be (`excel/`), what each row says and to whom it belongs (`actions/`), the progress of a
batch, and the pages that lead from a file to its numbers. People and visits are written by `registry` and `followup`
alone; a batch keeps its rows encrypted and forgets them when it ends.
"""
