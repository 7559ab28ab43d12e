"""A model service: answers predictions, logs them, measures itself."""
