"""Visits and what is due: the official record form, its class and next date, tries without contact, the rule of two,
who owes which visit by when, and the day's list that follows from it. Every figure on visits rests on what is kept here.
"""
