"""What leaves the index by itself: mails and webhooks."""
