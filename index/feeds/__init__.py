"""What scanners, mirrors and older tools follow: RSS, the legacy JSON and the changes."""
