"""What the web server's workers call."""

import os

from django.core.wsgi import get_wsgi_application

from esaylov.server.guard import guard_worker

guard_worker()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esaylov.settings")
application = get_wsgi_application()
