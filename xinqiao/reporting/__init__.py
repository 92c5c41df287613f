"""Report cards and discharge forms on their way from the hospital to the institution of residence, the search for an address, and the
file that is made of a card.
"""
