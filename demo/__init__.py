"""Real traffic for a real service: replay of the hours of 2011, evaluation of its weeks."""
