"""The edge: who are you, may you call, how often; forwards; feed, timeline, verification, and the
token issuer for development. No rule of the business stands here.
"""
