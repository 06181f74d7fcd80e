"""Messages: the outbox, its delivery, and the channels it leaves by."""
