"""The first minutes of a deployment: the one-time code, the county and its first account, then institutions, residents and
accounts proposed from the divisions, and what is still missing. Keeps nothing of its own but the code: every step is
read from what is there, so that it can be left and continued."""
