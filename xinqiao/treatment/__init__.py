"""What is done for a person's health beside the visits: for now the yearly health exam, taken or refused.

An exam is a dated fact with the results of its seven parts. It is corrected by a new row that names the one it replaces,
and voided with a reason; nothing is overwritten. `facts` publishes exams for counting.
"""
