"""What the portal's pages show, read from the tables of others."""
