"""The issuer for development and rehearsals: client credentials, and the code flow with PKCE.

It lets anybody sign in as any rehearsal officer, so it exists only while no outside issuer is set.
"""
