"""Generate rules, dashboards and Grafana's alerts from the queries; the files are in git."""
