"""The models that this service can serve, a folder each."""
