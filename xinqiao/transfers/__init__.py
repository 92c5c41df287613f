"""Handing a person over to another institution: both sides answer until it is accepted; returned with a reason, passed on, listed twice
and counted once.
"""
