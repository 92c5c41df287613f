"""What is asked and open, and the summary that is handed out."""

from .requests import Request, correction, open_requests, request, requests_of
from .summary import Summary, summary_of

__all__ = ["Request", "Summary", "correction", "open_requests", "request", "requests_of", "summary_of"]
