"""The JSON API: accounts, projects, moderation."""
