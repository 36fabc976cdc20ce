"""OneID, the national sign-in, as a provider of django-allauth: its own dialect of OAuth 2."""
