from django.urls import path

from metrics import views

app_name = "metrics"
urlpatterns = [
    path("kpis/", views.all_kpis, name="all_kpis"),
    path("pilots/<slug:key>/outlook/", views.outlook, name="outlook"),
    path("pilots/<slug:key>/kpis/", views.kpi_list, name="kpis"),
    path("pilots/<slug:key>/kpis/new/", views.create, name="create"),
    path("pilots/<slug:key>/kpis/<int:pk>/", views.kpi_page, name="kpi"),
    path("pilots/<slug:key>/kpis/<int:pk>/edit/", views.edit, name="edit"),
    path("pilots/<slug:key>/kpis/<int:pk>/archive/", views.archive, name="archive"),
    path("pilots/<slug:key>/kpis/<int:pk>/measurements/new/", views.record, name="record"),
]
