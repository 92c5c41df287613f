"""Finding people who need a diagnosis: clues kept apart from the register, the nine-item list, sweeps, re-diagnosis by a psychiatrist,
expert rounds, the first full assessment. What comes to nothing is closed and forgotten.
"""
