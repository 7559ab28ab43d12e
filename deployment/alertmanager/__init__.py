"""Alertmanager's configuration: routes, templates, and the renderer that inserts secrets."""
