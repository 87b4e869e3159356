"""The product's addresses, and one that shows nothing: what a page costs before it has anything to say."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import path

from config.urls import urlpatterns as of_the_product


@login_required
def empty(request):
    return HttpResponse()


urlpatterns = [*of_the_product, path("empty/", empty, name="empty")]
