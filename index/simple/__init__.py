"""The simple repository API: negotiation, documents, pages."""
