from django.urls import path

from pilots.registers import portfolio as all_registers
from pilots.registers import views as registers
from pilots.registers.uploads import views as uploads
from pilots.views import audit, jobs, people, pilots, programmes, tokens

app_name = "pilots"
ENTRY = "pilots/<slug:key>/registers/<slug:register>/<int:pk>"
urlpatterns = [
    path("pilots/new/", pilots.create, name="create"),
    path("pilots/<slug:key>/edit/", pilots.edit, name="edit"),
    path("pilots/<slug:key>/archive/", pilots.archive, name="archive"),
    path("pilots/<slug:key>/restore/", pilots.restore, name="restore"),
    path("pilots/<slug:key>/activity/", pilots.pilot_activity, name="activity"),
    path("pilots/<slug:key>/source/", pilots.source, name="source"),
    path("pilots/<slug:key>/registers/", registers.overview, name="registers"),
    path("pilots/<slug:key>/registers/<slug:register>/", registers.entries, name="register"),
    path("pilots/<slug:key>/registers/<slug:register>/new/", registers.create, name="entry_new"),
    path(f"{ENTRY}/", registers.show, name="entry"),
    path(f"{ENTRY}/edit/", registers.edit, name="entry_edit"),
    path(f"{ENTRY}/remove/", registers.remove, name="entry_remove"),
    path(f"{ENTRY}/restore/", registers.restore, name="entry_restore"),
    path("registers/", all_registers.overview, name="all_registers"),
    path("registers/<slug:register>/", all_registers.entries, name="register_all"),
    path("registers/<slug:register>/import/", uploads.upload, name="register_upload"),
    path("registers/<slug:register>/import/<int:pk>/", uploads.upload_file, name="register_file"),
    path("registers/<slug:register>/export/", all_registers.export, name="register_export"),
    path("registers/<slug:register>/export/xlsx/", all_registers.export_workbook, name="register_workbook"),
    path("audit/", audit.log, name="audit"),
    path("audit/export/", audit.export, name="audit_export"),
    path("activity/", audit.former, name="former_audit"),
    path("programmes/", programmes.programme_list, name="programmes"),
    path("programmes/new/", programmes.create, name="programme_create"),
    path("programmes/<slug:slug>/", programmes.programme_page, name="programme"),
    path("programmes/<slug:slug>/edit/", programmes.edit, name="programme_edit"),
    path("programmes/<slug:slug>/members/", programmes.member_add, name="member_add"),
    path("programmes/<slug:slug>/members/<int:pk>/remove/", programmes.member_remove, name="member_remove"),
    path("settings/people/", people.people_list, name="people"),
    path("settings/people/new/", people.create, name="person_create"),
    path("settings/people/<int:pk>/active/", people.set_active, name="person_active"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:pk>/", jobs.job_page, name="job"),
    path("jobs/<int:pk>/chip/", jobs.chip, name="job_chip"),
    path("jobs/<int:pk>/outcome/", jobs.outcome_file, name="job_outcome"),
    path("jobs/<int:pk>/cancel/", jobs.cancel, name="job_cancel"),
    path("jobs/<int:pk>/retry/", jobs.retry, name="job_retry"),
    path("settings/tokens/", tokens.token_list, name="tokens"),
    path("settings/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
]
