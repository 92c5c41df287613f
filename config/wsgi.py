"""The WSGI application that granian serves; it refuses to start under an unsafe database role."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# A server lives long enough for a pool of connections to pay.
os.environ.setdefault("XINQIAO_SERVING", "1")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db import connection

from config import env
from config.safety import check_roles

# Tests connect as the owner and step down in each scope; everybody else must come as the app role.
if not env.is_test():
    check_roles(connection)
    connection.close()
