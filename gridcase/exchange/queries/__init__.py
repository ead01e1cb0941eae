"""What imports ask before they write, and what exports read."""

from gridcase.exchange.queries import cases, exports, imports, lookups

__all__ = ["cases", "exports", "imports", "lookups"]
