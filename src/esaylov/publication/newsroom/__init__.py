"""For newsrooms and search engines: stable data addresses, embeds, feeds, cards, site maps."""
