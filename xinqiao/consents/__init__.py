"""The answer to the offer of community service: text, signer, scan, refusal, withdrawal, notice where the law reports without consent,
and what each of them limits.
"""
