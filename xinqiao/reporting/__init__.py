"""Report cards (F03) and discharge forms (F04) on their way from the hospital to the institution of residence, the search for an
address, and the file that is made of a card.

A card is a row of its own and never a share of the community's record: the hospital sees its cards and what became of them,
the police see the four facts of a request for an address, the institution of residence sees what was sent to it.
"""
