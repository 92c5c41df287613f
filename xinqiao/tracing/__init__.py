"""Looking for people who are lost to follow-up: the steps with their evidence and dates, the written report, the monthly list, finding
again.
"""
