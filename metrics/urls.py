from django.urls import path

from metrics.annotations import views as annotations
from metrics.collectors.views import administration, collector, setting_up
from metrics.courses import views as courses
from metrics.definitions import views as definitions
from metrics.kpis import views as kpis
from metrics.readings import views as readings
from metrics.uploads import views as uploads
from metrics.value.views import benefits, budgets, months, outlook, pilot, pools, portfolio

app_name = "metrics"
KPI, BENEFIT = "pilots/<slug:key>/kpis", "pilots/<slug:key>/value/benefits"
BUDGET = "pilots/<slug:key>/value/budget"
MONTH = f"{BENEFIT}/<int:pk>/<int:year>-<int:month>"
urlpatterns = [
    path("kpis/", kpis.all_kpis, name="all_kpis"),
    path("kpis/upload/", uploads.upload, name="upload"),
    path("kpis/upload/template/", uploads.upload_template, name="upload_template"),
    path("kpis/upload/<int:pk>/", uploads.upload_file, name="upload_file"),
    path("kpis/upload/<int:pk>/not-recorded/", uploads.upload_errors, name="upload_errors"),
    path("kpis/library/", definitions.definitions, name="definitions"),
    path("kpis/library/new/", definitions.create, name="definition_new"),
    path("kpis/library/<int:pk>/", definitions.page, name="definition"),
    path("kpis/library/<int:pk>/use/", definitions.use, name="definition_use"),
    path("kpis/library/<int:pk>/edit/", definitions.edit, name="definition_edit"),
    path("kpis/library/<int:pk>/archive/", definitions.archive, name="definition_archive"),
    path("pilots/<slug:key>/outlook/", outlook.outlook, name="outlook"),
    path(f"{KPI}/", kpis.kpi_list, name="kpis"),
    path(f"{KPI}/new/", kpis.create, name="create"),
    path(f"{KPI}/upload/", uploads.upload_pilot, name="upload_pilot"),
    path(f"{KPI}/<int:pk>/", kpis.kpi_page, name="kpi"),
    path(f"{KPI}/<int:pk>/csv/", courses.kpi_csv, name="kpi_csv"),
    path(f"{KPI}/<int:pk>/edit/", kpis.edit, name="edit"),
    path(f"{KPI}/<int:pk>/annotations/new/", annotations.create, name="annotate"),
    path(f"{KPI}/<int:pk>/annotations/<int:note_pk>/", annotations.edit, name="annotation"),
    path(f"{KPI}/<int:pk>/annotations/<int:note_pk>/remove/", annotations.remove, name="annotation_remove"),
    path(f"{KPI}/<int:pk>/archive/", kpis.archive, name="archive"),
    path(f"{KPI}/<int:pk>/measurements/new/", readings.record, name="record"),
    path(f"{KPI}/<int:pk>/measurements/upload/", uploads.upload_kpi, name="upload_kpi"),
    path(f"{KPI}/<int:pk>/measurements/<int:reading_pk>/correct/", readings.correct, name="correct"),
    path(f"{KPI}/<int:pk>/measurements/<int:reading_pk>/take-back/", readings.take_back, name="take_back"),
    path(f"{KPI}/<int:pk>/collector/", collector.page, name="collector"),
    path(f"{KPI}/<int:pk>/collector/new/", setting_up.choose, name="collector_choose"),
    path(f"{KPI}/<int:pk>/collector/new/<slug:kind>/", setting_up.create, name="collector_new"),
    path(f"{KPI}/<int:pk>/collector/edit/", setting_up.edit, name="collector_edit"),
    path(f"{KPI}/<int:pk>/collector/pause/", collector.pause, name="collector_pause"),
    path(f"{KPI}/<int:pk>/collector/resume/", collector.resume, name="collector_resume"),
    path(f"{KPI}/<int:pk>/collector/remove/", collector.remove, name="collector_remove"),
    path("settings/collectors/", administration.collector_list, name="collectors"),
    path("settings/allowed-hosts/", administration.hosts, name="allowed_hosts"),
    path("settings/allowed-hosts/<int:pk>/remove/", administration.disallow, name="host_disallow"),
    path("value/", portfolio.portfolio, name="value_portfolio"),
    path("value/csv/", portfolio.portfolio_csv, name="value_portfolio_csv"),
    path("pilots/<slug:key>/value/", pilot.value, name="value"),
    path("pilots/<slug:key>/value/csv/", pilot.value_csv, name="value_csv"),
    path(f"{BENEFIT}/new/", benefits.create, name="benefit_new"),
    path(f"{BENEFIT}/<int:pk>/", benefits.page, name="benefit"),
    path(f"{BENEFIT}/<int:pk>/edit/", benefits.edit, name="benefit_edit"),
    path(f"{BENEFIT}/<int:pk>/archive/", benefits.archive, name="benefit_archive"),
    path(f"{BENEFIT}/<int:pk>/expected/", benefits.expect, name="benefit_expect"),
    path(f"{BENEFIT}/<int:pk>/record/", months.record, name="benefit_record"),
    path(f"{MONTH}/", months.page, name="benefit_month"),
    path(f"{MONTH}/support/", months.support, name="benefit_support"),
    path(f"{MONTH}/verify/", months.verify, name="benefit_verify"),
    path(f"{BUDGET}/new/", budgets.create, name="budget_new"),
    path(f"{BUDGET}/from/<slug:register>/<int:pk>/", budgets.take_over, name="budget_take_over"),
    path(f"{BUDGET}/<int:pk>/", budgets.page, name="budget_line"),
    path(f"{BUDGET}/<int:pk>/edit/", budgets.edit, name="budget_edit"),
    path(f"{BUDGET}/<int:pk>/archive/", budgets.archive, name="budget_archive"),
    path(f"{BUDGET}/<int:pk>/plan/", budgets.plan, name="budget_plan"),
    path(f"{BUDGET}/<int:pk>/spending/", budgets.spend, name="budget_spend"),
    path("programmes/<slug:slug>/shared-savings/", pools.pools, name="pools"),
    path("programmes/<slug:slug>/shared-savings/<int:pk>/", pools.rename, name="pool_rename"),
]
