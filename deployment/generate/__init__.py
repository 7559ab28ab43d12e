"""Writes rules, dashboards and Grafana's alerts from the query catalogue; the files are in git."""
