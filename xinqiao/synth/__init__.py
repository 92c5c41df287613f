"""Made-up counties whose truth is known: people, families, visits, gaps, losses, deaths, and the figures they must give.

Answers for: `generate(spec)` (people with their visits, one after another, the same for the same arguments), the two
workbooks as a county would keep them, the planted faults, and `truth.json`, counted by plain code of its own so that it
can judge any engine. Nobody here is real: ID numbers and their division begin with 99.
"""
