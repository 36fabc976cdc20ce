"""What the web server's workers call: Django behind the page cache."""

import os

from django.core.wsgi import get_wsgi_application

from esaylov.server.guard import guard_worker

guard_worker()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esaylov.settings")
django = get_wsgi_application()

from esaylov.publication.pagecache import over_django  # noqa: E402 - models need Django set up
from esaylov.publication.warming import warm_up  # noqa: E402

application = over_django(django)
warm_up()
