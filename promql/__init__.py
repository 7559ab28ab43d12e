"""PromQL: the queries that the console asks, each standing once. Pure."""
