"""All models at once: what is asked, the rows, and the table that shows them."""
