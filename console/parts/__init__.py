"""Parts of pages that are too large for a view, or stand on several."""
