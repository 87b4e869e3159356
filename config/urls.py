"""Every address."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.generic import TemplateView

from config import health, mail
from pilots.views.home import home
from pilots.views.styleguide import styleguide

handler500 = "pilots.views.errors.server_error"

urlpatterns = [
    path("", home, name="home"),
    path("", include("pilots.urls")),
    path("", include("metrics.urls")),
    path("", include("gates.urls")),
    path("api/v1/", include("config.api")),
    path("accounts/", include("config.accounts")),
    path("help/", login_required(TemplateView.as_view(template_name="help.html")), name="help"),
    path("styleguide/", styleguide, name="styleguide"),
    path("mail/", mail.mail_list, name="mail"),
    path("mail/<str:file>/<int:number>/", mail.mail, name="mail_message"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
