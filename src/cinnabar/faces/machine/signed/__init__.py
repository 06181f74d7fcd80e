"""Who asks at the machine face: signed requests (RFC 9421, RFC 9530), certificates (RFC 9440)."""
