"""Every address."""

from django.contrib import admin
from django.urls import include, path

from config import health, mail
from pilots.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("pilots.urls")),
    path("", include("metrics.urls")),
    path("", include("gates.urls")),
    path("api/v1/", include("config.api")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("mail/", mail.mail_list, name="mail"),
    path("mail/<str:file>/<int:number>/", mail.mail, name="mail_message"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]
