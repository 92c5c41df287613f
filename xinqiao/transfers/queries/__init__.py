"""What transfers reads."""

from .rows import Line, Page, Preview, by_month, inbox, page_of, preview_of

__all__ = ["Line", "Page", "Preview", "by_month", "inbox", "page_of", "preview_of"]
