"""Views that answer one reader only, as a careless change might make them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path


def cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("Xin chào Hải Vân")
    response.set_cookie("ai", "1")
    return response


def vary(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Xin chào Hải Vân", headers={"Vary": "Accept-Encoding, Cookie"})


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Xin chào Hải Vân", headers={"Cache-Control": "private"})


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(["Xin chào Hải Vân"])


def session(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"Xin chào {request.session.get('ai', 'bạn đọc')}")


urlpatterns = [path("cookie/", cookie), path("vary/", vary), path("private/", private), path("stream/", stream), path("session/", session)]
