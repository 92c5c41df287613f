"""The rules in force, for everybody to read, and a place's own rules, for the programme administrator to write.

Released rules are files of `policy`; a place's own are dated rows beside them, with source and author. This app shows both,
asks for the values in the words of the field, and has what follows from people's facts built anew when a rule changed.
"""
