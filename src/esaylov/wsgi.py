"""What the web server's workers call: Django behind the page cache."""

import os

from django.core.wsgi import get_wsgi_application

from esaylov.publication.pagecache import over_django
from esaylov.server.guard import guard_worker

guard_worker()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esaylov.settings")
application = over_django(get_wsgi_application())
