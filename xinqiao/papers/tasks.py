"""Work of paper done beside the web server."""
