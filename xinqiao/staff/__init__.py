"""The people who work here: handing over when somebody leaves (交接单), standing in during leave, and the quarterly record
of a village doctor's work, signed and open to appeal."""
