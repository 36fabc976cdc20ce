"""A precinct's own list: on screen, on paper, with its supplement and marks."""
