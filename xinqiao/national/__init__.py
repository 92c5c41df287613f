"""Working beside the national system: which visits still have to be typed in there, and whether both lists say the same.

Answers for: the list of visits not yet entered elsewhere (国网待录清单) with its clock of working days and the ticks for the
national system and other platforms; and the comparison of an exported list with the register here (国网名单比对), whose every
difference becomes an item that somebody settles. Nothing here signs in anywhere: people type, this keeps the account.
"""
