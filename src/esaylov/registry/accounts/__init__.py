"""Who signs in: accounts, second factors, sessions, invitations, recovery. None of them is an official fact."""
