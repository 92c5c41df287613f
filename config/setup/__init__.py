"""Puts the product on a machine and takes it off again: PostgreSQL, assets, browser, demo.

Nothing here knows a patient. Everything it makes lies in `var/` of the checkout (or, when a server that may not run as
root cannot reach the checkout, in one folder named in the message), so that removing two folders removes all of it.
"""
