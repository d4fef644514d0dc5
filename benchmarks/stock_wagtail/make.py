"""Makes the stock site's stories: python -m benchmarks.stock_wagtail.make COUNT; prints their addresses."""

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.stock_wagtail.settings"
import django

django.setup()
from django.core.management import call_command  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402

from benchmarks.stock_wagtail.stock.models import StockSection, StockStory  # noqa: E402

call_command("migrate", verbosity=0)
home = Page.objects.get(depth=2)
sections = [home.add_child(instance=StockSection(title=f"Chuyên mục {n}", slug=f"muc-{n}")) for n in range(12)]
paths = []
for number in range(int(sys.argv[1])):
    body = [("paragraph", f"<p>Đoạn văn {n} của bài số {number}, dài như một đoạn của báo tỉnh, có tên người, tên đất và con số.</p>") for n in range(8)]
    story = sections[number % 12].add_child(instance=StockStory(title=f"Bài số {number}", slug=f"bai-{number}", lead="Sapo.", body=body))
    paths.append(story.get_url(current_site=Site.objects.get()))
print(json.dumps(paths))
