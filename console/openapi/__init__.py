"""Reads from an OpenAPI document what a service takes and answers. Pure."""
