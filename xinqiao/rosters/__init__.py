"""Lists that prevent, and the printed registers (花名册, 台账) made of them.

A list is one declared question about how people stand ("whose standard care ends this month unless visited"), with why it
matters, who is on it, and the next act for each. All lists are counted in one statement over the row that follow-up keeps
per person. An app above, or one that knows a source of its own, adds its list by `register`; a list whose source is not
installed does not appear.
"""

from .lists import Count, List, register

__all__ = ["Count", "List", "register"]
