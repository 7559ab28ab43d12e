"""Evaluations of pictures: the files of a zip or a folder, and their feature rows."""
