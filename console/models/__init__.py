"""Lists the models to show, and stores those of models.toml."""
