"""The survey of members: shares of answers and ratings, with their bases."""
