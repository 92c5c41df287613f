"""Every deadline that is owed, on one engine: dated clocks folded from the events of other domains, who is warned when, who is
told when it runs out, how long it took. A clock is never typed.
"""
