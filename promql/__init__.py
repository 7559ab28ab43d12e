"""PromQL queries of the console, the rules and the dashboards. Each query is defined once. Pure."""
