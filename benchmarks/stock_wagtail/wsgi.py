"""The stock site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.stock_wagtail.settings"
application = get_wsgi_application()
