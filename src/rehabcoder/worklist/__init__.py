"""The worklist: coded notes become decisions, decisions become samples, reports and labels.

Everything that speaks SQL lives in `worklist.store`; the other modules are arithmetic, files and the nouns below.
"""
