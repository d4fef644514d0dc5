"""Makes the stock site's stories: python -m benchmarks.stock_wagtail.make COUNT; prints their addresses."""

import io
import json
import os
import sys
from datetime import timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.stock_wagtail.settings"
import django

django.setup()
from django.core.files.base import ContentFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image as Canvas  # noqa: E402
from wagtail.images.models import Image  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402

from benchmarks.stock_wagtail.stock.models import StockAuthor, StockByline, StockSection, StockStory  # noqa: E402


def picture(number: int) -> Image:
    """A picture of one colour."""
    jpeg = io.BytesIO()
    Canvas.new("RGB", (1600, 1067), (20 * number % 256, 90, 120)).save(jpeg, "JPEG")
    return Image.objects.create(title=f"Ảnh {number}", file=ContentFile(jpeg.getvalue(), f"anh-{number}.jpg"))


call_command("migrate", verbosity=0)
home = Page.objects.get(depth=2)
sections = [home.add_child(instance=StockSection(title=f"Chuyên mục {n}", slug=f"muc-{n}", show_in_menus=True)) for n in range(12)]
paths, now = [], timezone.now()
images, authors = [picture(n) for n in range(12)], [StockAuthor.objects.create(name=f"Người viết {n}") for n in range(6)]
for number in range(int(sys.argv[1])):
    body = [("paragraph", f"<p>Đoạn văn {n} của bài số {number}, dài như một đoạn của báo tỉnh, có tên người, tên đất và con số.</p>") for n in range(8)]
    made = StockStory(title=f"Bài số {number}", slug=f"bai-{number}", lead="Sapo của bài, hai câu ngắn. " * 4, body=body, main_image=images[number % 12], first_published_at=now + timedelta(minutes=number))
    made.bylines = [StockByline(author=authors[number % 6])]
    story = sections[number % 12].add_child(instance=made)
    paths.append(story.get_url(current_site=Site.objects.get()))
print(json.dumps(paths))
