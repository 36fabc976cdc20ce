"""What runs the house: the embedded database, its roles, and the supervisor of the site's processes."""
