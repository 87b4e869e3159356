from django.urls import path

from gates.amendments import kpi_views as kpi_amendments
from gates.amendments import views as amendments
from gates.audit_document import views as audit_document
from gates.checklist import recording
from gates.checklist import views as checklist
from gates.checklist.preview import preview
from gates.decisions import views as decisions
from gates.evidence import kpi_views as reading_evidence
from gates.evidence import views as evidence
from gates.handover import views as handover
from gates.inventory import views as inventory
from gates.lessons import views as lessons
from gates.meetings.views import calling, meeting, minutes, sitting
from gates.meetings.views import planning as meetings
from gates.overlap import views as overlap
from gates.packs import views as packs
from gates.pilot_pages import views as pilot_pages
from gates.playbooks.views import drafts, editing, reading
from gates.portfolio import views as portfolio
from gates.review import views as review
from gates.signoffs import views as signoffs
from gates.signs import views as signs
from gates.summary import views as summary
from gates.upgrades import views as upgrades
from gates.waivers import views as waivers

app_name = "gates"
urlpatterns = [
    path("summary/", summary.summary_page, name="summary"),
    path("pilots/", portfolio.portfolio_page, name="portfolio"),
    path("portfolio/export/", inventory.choose, name="inventory"),
    path("portfolio/export/<slug:columns>/", inventory.file, name="inventory_file"),
    path("portfolio/selection/", portfolio.select, name="portfolio_select"),
    path("pilots/<slug:key>/", pilot_pages.overview, name="overview"),
    path("pilots/<slug:key>/start/", pilot_pages.start, name="start"),
    path("pilots/<slug:key>/gate/", checklist.current, name="current_gate"),
    path("pilots/<slug:key>/gates/<slug:gate_key>/", checklist.gate_page, name="gate"),
    path("pilots/<slug:key>/gates/<slug:gate_key>/dates/", pilot_pages.plan, name="plan"),
    path("reviews/", review.reviews, name="reviews"),
    path("pilots/<slug:key>/gates/<slug:gate_key>/review/", review.review, name="review"),
    path("pilots/<slug:key>/gates/<slug:gate_key>/review/withdraw/", review.withdraw, name="withdraw_review"),
    path("pilots/<slug:key>/gates/<slug:gate_key>/review/send-back/", review.send_back, name="send_back"),
    path("pilots/<slug:key>/gates/<slug:gate_key>/review/criteria/", review.reading, name="reading"),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/review/criteria/<slug:criterion_key>/",
        review.review_criterion,
        name="review_criterion",
    ),
    path("pilots/<slug:key>/gates/<slug:gate_key>/review/end/", review.review_end, name="review_end"),
    path("feedback/<int:pk>/answer/", review.answer, name="answer_feedback"),
    path("pilots/<slug:key>/gates/<slug:gate_key>/amendments/", amendments.amendments, name="amendments"),
    path("pilots/<slug:key>/kpis/<int:pk>/amendments/", kpi_amendments.amendments, name="kpi_amendments"),
    path(
        "pilots/<slug:key>/kpis/<int:pk>/amendments/propose/<slug:term>/",
        kpi_amendments.ask,
        name="kpi_amendment_ask",
    ),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/amendments/ask/<slug:term>/",
        amendments.ask,
        name="amendment_ask",
    ),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/amendments/<int:pk>/approve/",
        amendments.approve,
        name="amendment_approve",
    ),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/amendments/<int:pk>/refuse/",
        amendments.refuse,
        name="amendment_refuse",
    ),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/amendments/<int:pk>/withdraw/",
        amendments.withdraw,
        name="amendment_withdraw",
    ),
    path("pilots/<slug:key>/gates/<slug:gate_key>/decision/", decisions.decide, name="decide"),
    path("pilots/<slug:key>/gates/<slug:gate_key>/pack/", packs.pack_page, name="pack"),
    path("pilots/<slug:key>/gates/<slug:gate_key>/pack/freeze/", packs.freeze, name="freeze_pack"),
    path("pilots/<slug:key>/gates/<slug:gate_key>/pack/<int:number>/", packs.pack_page, name="pack_number"),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/pack/<int:number>/compare/",
        packs.compare,
        name="compare_pack",
    ),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/pack/<int:number>/compare/<int:other>/",
        packs.compare,
        name="compare_packs",
    ),
    path("pilots/<slug:key>/gates/<slug:gate_key>/sign/", signoffs.sign, name="sign"),
    path("programmes/<slug:slug>/gatekeepers/", signoffs.gatekeepers, name="gatekeepers"),
    path(
        "programmes/<slug:slug>/gatekeepers/<int:pk>/dismiss/",
        signoffs.gatekeeper_dismiss,
        name="gatekeeper_dismiss",
    ),
    path("pilots/<slug:key>/audit-document/", audit_document.page, name="audit_document"),
    path("pilots/<slug:key>/audit-document/pdf/", audit_document.pdf, name="audit_document_pdf"),
    path("handover/", handover.own, name="own_handover"),
    path("handover/<int:pk>/", handover.pick, name="hand_over"),
    path("handovers/<int:pk>/", handover.handover_page, name="handover"),
    path("handovers/<int:pk>/confirm/", handover.confirm, name="handover_confirm"),
    path("handovers/<int:pk>/undo/", handover.undo, name="handover_undo"),
    path("delegations/", signoffs.delegations, name="delegations"),
    path("delegations/<int:pk>/end/", signoffs.delegation_end, name="delegation_end"),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/criteria/<slug:criterion_key>/",
        checklist.criterion,
        name="criterion",
    ),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/criteria/<slug:criterion_key>/record/",
        recording.record,
        name="record",
    ),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/criteria/<slug:criterion_key>/evidence/",
        checklist.evidence_add,
        name="evidence_add",
    ),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/criteria/<slug:criterion_key>/waiver/",
        waivers.waiver_ask,
        name="waiver_ask",
    ),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/criteria/<slug:criterion_key>/evidence/link/",
        checklist.evidence_link,
        name="evidence_link",
    ),
    path(
        "pilots/<slug:key>/gates/<slug:gate_key>/criteria/<slug:criterion_key>/evidence/<int:pk>/unlink/",
        checklist.evidence_unlink,
        name="evidence_unlink",
    ),
    path(
        "pilots/<slug:key>/kpis/<int:pk>/measurements/<int:reading_pk>/evidence/",
        reading_evidence.reading_evidence,
        name="reading_evidence",
    ),
    path(
        "pilots/<slug:key>/kpis/<int:pk>/measurements/<int:reading_pk>/evidence/link/",
        reading_evidence.reading_evidence_link,
        name="reading_evidence_link",
    ),
    path("pilots/<slug:key>/evidence/", evidence.document_list, name="documents"),
    path("pilots/<slug:key>/evidence/<int:pk>/", evidence.document, name="document"),
    path("pilots/<slug:key>/evidence/<int:pk>/replace/", evidence.replace, name="document_replace"),
    path("pilots/<slug:key>/evidence/<int:pk>/remove/", evidence.remove, name="document_remove"),
    path("pilots/<slug:key>/gates/<slug:gate_key>/waivers/", waivers.gate_waivers, name="waivers"),
    path("waivers/", waivers.all_waivers, name="all_waivers"),
    path("waivers/<int:pk>/approve/", waivers.waiver_approve, name="waiver_approve"),
    path("waivers/<int:pk>/refuse/", waivers.waiver_refuse, name="waiver_refuse"),
    path("waivers/<int:pk>/revoke/", waivers.waiver_revoke, name="waiver_revoke"),
    path("waivers/<int:pk>/withdraw/", waivers.waiver_withdraw, name="waiver_withdraw"),
    path("decisions/", decisions.all_decisions, name="all_decisions"),
    path("pilots/<slug:key>/decisions/", decisions.decision_list, name="decisions"),
    path("pilots/<slug:key>/decisions/<int:pk>/", decisions.decision_page, name="decision"),
    path("pilots/<slug:key>/decisions/<int:pk>/correction/", decisions.correct, name="correct"),
    path("pilots/<slug:key>/conditions/<int:pk>/met/", decisions.condition_met, name="condition_met"),
    path("signs/", signs.portfolio_signs, name="signs"),
    path("signs/csv/", signs.signs_csv, name="signs_csv"),
    path("pilots/<slug:key>/signs/", signs.pilot_signs, name="pilot_signs"),
    path("pilots/<slug:key>/signs/<slug:question>/", signs.answer_question, name="answer_question"),
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/new/", calling.call, name="meeting_call"),
    path("meetings/new/<int:pk>/", calling.add, name="meeting_add"),
    path("meetings/<int:pk>/", meeting.meeting, name="meeting"),
    path("meetings/<int:pk>/edit/", meetings.edit, name="meeting_edit"),
    path("meetings/<int:pk>/invitation.ics", meetings.invitation_file, name="meeting_invitation"),
    path("meetings/<int:pk>/invite/", meetings.invite, name="meeting_invite"),
    path("meetings/<int:pk>/cancel/", meetings.cancel, name="meeting_cancel"),
    path("meetings/<int:pk>/minutes/send/", minutes.send, name="minutes_send"),
    path("meetings/<int:pk>/minutes/add/", minutes.add, name="minutes_add"),
    path("meetings/<int:pk>/start/", meetings.start, name="meeting_start"),
    path("meetings/<int:pk>/close/", meetings.close, name="meeting_close"),
    path("meetings/<int:pk>/run/", sitting.follow, name="meeting_follow"),
    path("meetings/<int:pk>/run/<int:position>/", sitting.run, name="meeting_run"),
    path("meetings/<int:pk>/present/", sitting.present, name="meeting_present"),
    path("meetings/<int:pk>/now/", sitting.now, name="meeting_now"),
    path("meetings/<int:pk>/attendance/", sitting.attendance, name="meeting_attendance"),
    path("meetings/<int:pk>/topics/", meeting.topic, name="agenda_topic"),
    path("meetings/<int:pk>/items/<int:item_pk>/show/", sitting.show, name="agenda_show"),
    path("meetings/<int:pk>/items/<int:item_pk>/vote/", sitting.vote, name="agenda_vote"),
    path("meetings/<int:pk>/items/<int:item_pk>/remark/", sitting.remark, name="agenda_remark"),
    path("meetings/<int:pk>/items/<int:item_pk>/park/", sitting.park, name="agenda_park"),
    path("meetings/<int:pk>/items/<int:item_pk>/move/", meeting.item_move, name="agenda_move"),
    path("meetings/<int:pk>/items/<int:item_pk>/remove/", meeting.item_remove, name="agenda_remove"),
    path("pilots/<slug:key>/lessons/new/", lessons.publish, name="lesson_publish"),
    path("overlaps/", overlap.all_overlaps, name="all_overlaps"),
    path("overlaps/file/", overlap.overlaps_file, name="overlaps_file"),
    path("overlaps/similar/", overlap.similar, name="similar"),
    path("pilots/<slug:key>/overlaps/", overlap.pilot_overlaps, name="pilot_overlaps"),
    path("pilots/<slug:key>/overlaps/<slug:other_key>/apart/", overlap.tell_apart, name="tell_apart"),
    path("pilots/<slug:key>/distinctions/<int:pk>/undo/", overlap.undo_distinction, name="undo_distinction"),
    path("evidence/<int:pk>/file/", evidence.evidence_file, name="evidence_file"),
    path("evidence/<int:pk>/r<int:number>/file/", evidence.evidence_file, name="revision_file"),
    path("playbooks/", reading.playbook_list, name="playbooks"),
    path("playbooks/new/", drafts.create, name="playbook_new"),
    path("playbooks/import/", drafts.from_file, name="playbook_import"),
    path("playbooks/<slug:key>/diff/", reading.compare, name="playbook_diff"),
    path("playbooks/<slug:key>/retire/", drafts.retire, name="playbook_retire"),
    path("playbooks/<slug:key>/v<int:number>/", reading.playbook_page, name="playbook"),
    path("playbooks/<slug:key>/v<int:number>/file/", reading.playbook_file, name="playbook_file"),
    path("playbooks/<slug:key>/v<int:number>/copy/", drafts.copy, name="playbook_copy"),
    path("playbooks/<slug:key>/v<int:number>/text/", drafts.text, name="playbook_text"),
    path("playbooks/<slug:key>/v<int:number>/publish/", drafts.publish, name="playbook_publish"),
    path("playbooks/<slug:key>/v<int:number>/discard/", drafts.discard, name="playbook_discard"),
    path("playbooks/<slug:key>/v<int:number>/preview/", preview, name="playbook_preview"),
    path(
        "playbooks/<slug:key>/v<int:number>/preview/<slug:gate_key>/", preview, name="playbook_preview_gate"
    ),
    path(
        "playbooks/<slug:key>/v<int:number>/preview/<slug:gate_key>/<slug:criterion_key>/",
        preview,
        name="playbook_preview_criterion",
    ),
    path("playbooks/<slug:key>/v<int:number>/edit/", editing.editor, name="playbook_edit"),
    path("playbooks/<slug:key>/v<int:number>/edit/facts/", editing.facts, name="playbook_facts"),
    path("playbooks/<slug:key>/v<int:number>/edit/arrange/", editing.arrange, name="playbook_arrange"),
    path("playbooks/<slug:key>/v<int:number>/edit/new-phase/", editing.phase_new, name="playbook_phase_new"),
    path(
        "playbooks/<slug:key>/v<int:number>/edit/phases/<slug:phase_key>/",
        editing.phase,
        name="playbook_phase",
    ),
    path(
        "playbooks/<slug:key>/v<int:number>/edit/phases/<slug:phase_key>/new-criterion/",
        editing.criterion_new,
        name="playbook_criterion_new",
    ),
    path(
        "playbooks/<slug:key>/v<int:number>/edit/phases/<slug:phase_key>/criteria/<slug:criterion_key>/",
        editing.criterion,
        name="playbook_criterion",
    ),
    path("playbooks/<slug:key>/v<int:number>/upgrade/", upgrades.upgrade, name="upgrade"),
]
