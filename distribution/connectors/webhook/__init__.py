"""A partner's address that takes stories as signed calls (Standard Webhooks), each a ninjs item (docs/webhook.md)."""
