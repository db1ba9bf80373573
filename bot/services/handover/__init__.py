"""The handover: from the assistant to a human and back, with nothing lost and nobody speaking over anybody."""
