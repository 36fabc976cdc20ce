"""The room's pages in the cabinet."""
