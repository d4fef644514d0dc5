"""What readers of the rehearsal platform see."""

import io
import re

import requests
from PIL import Image


def feed(server, **fields):
    data = {"access_token": server.page_token(), **fields}
    return requests.post(f"{server.graph}/{server.page_id}/feed", data=data, timeout=10).json()["id"]


def test_the_page_says_rehearsal_and_shows_posts_in_vietnams_time(rehearsal_server):
    feed(rehearsal_server, message="Dòng một\nDòng hai https://songba.example/a.", link="https://songba.example/a1.html")
    html = rehearsal_server.page_html()
    assert "Báo Sông Ba" in html and '<span class="badge">chạy thử</span>' in html
    assert "Dòng một\nDòng hai" in html and '<a href="https://songba.example/a" ' in html
    assert re.search(r"\d{2}/\d{2}/\d{4} lúc \d{2}:\d{2}", html)
    assert "songba.example</span>" in html and "style=" not in html and "<script" not in html


def test_pictures_are_served_with_their_alt_text_and_vanish_with_the_post(rehearsal_server):
    data = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(data, "PNG")
    fields = {"access_token": rehearsal_server.page_token(), "alt_text_custom": 'Bến "Sứ"', "caption": "Ảnh"}
    url = f"{rehearsal_server.graph}/{rehearsal_server.page_id}/photos"
    made = requests.post(url, data=fields, files={"source": data.getvalue()}, timeout=10).json()
    html = rehearsal_server.page_html()
    assert 'alt="Bến &#34;Sứ&#34;"' in html
    source = rehearsal_server.base_url + re.search(r'<img src="(/facebook/picture/\d+)"', html).group(1)
    served = requests.get(source, timeout=10)
    assert served.content == data.getvalue() and served.headers["Content-Type"] == "image/png"
    requests.delete(f"{rehearsal_server.graph}/{made['post_id']}", params=fields, timeout=10)
    assert requests.get(source, timeout=10).status_code == 404 and "Bến" not in rehearsal_server.page_html()


def test_the_permalink_shows_one_post_until_it_is_deleted(rehearsal_server):
    post_id = feed(rehearsal_server, message="Chỉ bài này")
    feed(rehearsal_server, message="Bài khác")
    params = {"access_token": rehearsal_server.page_token(), "fields": "permalink_url"}
    permalink = requests.get(f"{rehearsal_server.graph}/{post_id}", params=params, timeout=10).json()["permalink_url"]
    shown = requests.get(permalink, timeout=10)
    assert "Chỉ bài này" in shown.text and "Bài khác" not in shown.text
    requests.delete(f"{rehearsal_server.graph}/{post_id}", params=params, timeout=10)
    assert requests.get(permalink, timeout=10).status_code == 404


def test_each_page_has_its_own_feed_and_an_unknown_one_leads_home(rehearsal_server):
    feed(rehearsal_server, message="Của báo")
    assert "Của báo" not in rehearsal_server.page_html("101202303404606")
    answer = requests.get(rehearsal_server.base_url, params={"trang": "facebook-1"}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302 and answer.headers["Location"] == "/"
