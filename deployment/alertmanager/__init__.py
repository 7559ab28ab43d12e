"""Alertmanager's configuration: routes and templates, and the renderer that puts secrets in."""
