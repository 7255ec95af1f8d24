"""Mail: letters to be delivered, as files in a folder."""

from adapters.mail.outbox import FileOutbox

__all__ = ["FileOutbox"]
