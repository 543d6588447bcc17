"""What the figures are made from. Reads all the others, writes only its own tables."""
