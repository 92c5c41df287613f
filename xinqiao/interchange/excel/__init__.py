"""Workbooks: which files are let in, what stands in their cells, what the columns are called, and the files we write.

Knows Excel and the registers of fields; knows no database and no person. A file that cannot be read is refused with one
sentence; a cell that cannot be read becomes a problem with its place.
"""
