"""The page of a job, what it says while it is polled, its confirm page, the list, and the bar at the top."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pilots.actions.jobs import advance, begin, finish
from pilots.choices import JobState
from pilots.models import Job
from pilots.progress import Progress, in_words, outcomes
from pilots.rules import SILENCE
from tests.builders import make_job

pytestmark = pytest.mark.django_db
S = JobState


@pytest.fixture
def running(petra) -> Job:
    """40 of 120 pilots done in ten seconds."""
    now = timezone.now()
    return make_job(
        petra,
        S.RUNNING,
        total=120,
        done=40,
        what="Move 120 pilots to Standard v3",
        phase="Moving to Standard v3",
        order={"names": [f"A-{n}" for n in range(1, 121)], "page": "/pilots/{}/"},
        begun_at=now - timedelta(seconds=10),
        beat_at=now,
    )


def read(client, job: Job, rest: str = "", **headers) -> str:
    answer = client.get(f"/jobs/{job.pk}/{rest}", **headers)
    assert answer.status_code in (200, 286)
    return answer.content.decode()


def poll(client, job: Job, heard: int = 0):
    return client.get(f"/jobs/{job.pk}/?heard={heard}", HTTP_HX_REQUEST="true")


# --- How far it is -----------------------------------------------------------------------------
def test_it_says_how_far_it_is_what_is_done_now_and_how_long_it_takes(running, petra, client_of):
    page = read(client_of(petra), running)

    assert 'value="40" max="120"' in page
    assert "40 of 120 pilots" in page
    assert "Moving to Standard v3" in page
    assert re.search(r"about \d+ s left", page)
    assert 'hx-trigger="every 1s"' in page
    assert "Under way" in page


def test_each_quarter_is_announced_once_and_outside_what_is_swapped(running, petra, client_of):
    client = client_of(petra)

    first, again = poll(client, running, heard=0), poll(client, running, heard=25)

    assert first.status_code == again.status_code == 200
    assert 'data-announce="25% done: 40 of 120 pilots."' in first.content.decode()
    assert "data-announce" not in again.content.decode()
    assert "heard=25" in first.content.decode()
    assert 'role="status"' not in first.content.decode()  # the region that is told stays where it is
    assert '<div id="announcer" class="visually-hidden" role="status">' in read(client, running)
    assert "data-announce" not in read(client, running)  # nobody who opens the page is told what stands there


@pytest.mark.parametrize("heard", ["", "x", "٣", "9" * 40, "-1"])
def test_what_was_heard_may_be_nonsense(heard, running, petra, client_of):
    assert (
        client_of(petra).get(f"/jobs/{running.pk}/?heard={heard}", HTTP_HX_REQUEST="true").status_code == 200
    )


def test_at_the_end_polling_stops_and_what_came_of_it_stays(petra, client_of):
    job = begin(make_job(petra, S.WAITING, result={"refused": [["A-2", "It has ended."]]}).pk)
    job.result["sentences"] = ["2 moved to Standard v3."]
    advance(job, by=2)
    finish(job)

    answer = poll(client_of(petra), job, heard=100)
    said = answer.content.decode()

    assert answer.status_code == 286
    assert 'data-announce="Done: 3 of 3 pilots."' in said
    assert "hx-get" not in said
    assert "3 of 3 pilots" in said and "in 0 s" in said
    assert "2 moved to Standard v3." in said
    assert 'id="job-actions" class="button-row" hx-swap-oob="true"' in said
    assert 'id="job-outcomes" hx-swap-oob="true"' in said
    assert '<a class="link" href="/pilots/A-2/">A-2</a>: It has ended.' in said


def test_a_silent_worker_is_said_and_can_be_replaced_while_nobody_has_called_it_failed(
    running, petra, client_of
):
    Job.objects.update(beat_at=timezone.now() - SILENCE - timedelta(seconds=1))
    client = client_of(petra)

    page, polled = read(client, running), poll(client, running).content.decode()

    for said in (page, polled):
        assert "No sign of life" in said
        assert "Nothing has been heard of its worker since" in said
        assert "Try again" in said
        assert "left</p>" not in said


@pytest.mark.parametrize(
    ("state", "words", "button"),
    [(S.FAILED, "The worker has stopped.", "Try again"), (S.CANCELLED, "Cancelled", "Go on with the rest")],
)
def test_what_ended_early_says_so_and_can_be_taken_up(state, words, button, petra, client_of):
    job = make_job(petra, state)
    client = client_of(petra)
    page = read(client, job)

    assert words in page and button in page
    client.post(f"/jobs/{job.pk}/retry/")
    assert Job.objects.get().state == S.WAITING


def test_what_cannot_be_taken_up_is_said(running, petra, client_of):
    answer = client_of(petra).post(f"/jobs/{running.pk}/retry/", follow=True)

    assert "Only what has failed or was cancelled can be taken up again." in answer.content.decode()


# --- Cancelling --------------------------------------------------------------------------------
def test_the_confirm_page_says_the_exact_count_and_what_cancelling_leaves(running, petra, client_of):
    page = read(client_of(petra), running, "cancel/")

    assert "40 of 120" in page
    assert "Cancel the 80 of 120 pilots that are left" in page
    assert "What has been moved stays so." in page
    assert "Let it go on" in page
    assert Job.objects.get().state == S.RUNNING


def test_confirmed_it_is_cancelled_and_lists_what_was_done_and_what_was_not_begun(running, petra, client_of):
    client = client_of(petra)

    answer = client.post(f"/jobs/{running.pk}/cancel/", follow=True)

    said = answer.content.decode()
    assert answer.redirect_chain == [(f"/jobs/{running.pk}/", 302)]
    assert "Cancelled after 40 of 120 pilots." in said
    assert "by Petra Plan" in said
    assert "What has been moved stays so." in said
    assert re.search(r"Not begun <span[^>]*>80<", said)
    assert re.search(r"Done <span[^>]*>40<", said)
    assert "and 30 more, in the file" in said
    rows = read(client, running, "outcome/").splitlines()
    assert len(rows) == 121
    assert rows[1] == "A-41,Not begun," and rows[-1] == "A-40,Done,"


def test_what_is_over_meanwhile_is_refused_with_the_reason(petra, client_of):
    job = make_job(petra, S.DONE, done=3)
    client = client_of(petra)

    asked, sent = client.get(f"/jobs/{job.pk}/cancel/"), client.post(f"/jobs/{job.pk}/cancel/")

    assert (asked.status_code, sent.status_code) == (200, 422)
    for answer in (asked, sent):
        assert "This is over already" in answer.content.decode()
        assert "button danger" not in answer.content.decode()


def test_what_cannot_be_left_half_done_has_no_such_link(petra, client_of):
    job = make_job(petra, S.RUNNING, leaves="")

    assert f"/jobs/{job.pk}/cancel/" not in read(client_of(petra), job)


def test_a_name_that_a_spreadsheet_would_work_out_is_kept_a_text(petra, client_of):
    job = make_job(petra, order={"names": ["=1+1", "@b", "c"]}, result={"refused": [["=1+1", "-x"]]})

    assert "'=1+1,Not done,'-x" in read(client_of(petra), job, "outcome/")


def test_a_job_from_before_names_were_kept_has_no_list(petra, client_of):
    job = make_job(petra, S.DONE, order={}, result={"refused": ["A-1: It has ended."], "sentences": ["So."]})

    assert outcomes(job) == []
    assert "What came of each" not in read(client_of(petra), job)


# --- The list, and the bar at the top ----------------------------------------------------------
def test_the_list_has_ones_own_and_for_administrators_all(petra, olga, ida, client_of):
    make_job(petra, what="Move hers")
    make_job(olga, what="Move other")

    listed = {who: client_of(who).get("/jobs/").content.decode() for who in (petra, olga, ida)}

    assert "Move hers" in listed[petra] and "Move other" not in listed[petra]
    assert "Move hers" in listed[ida] and "Move other" in listed[ida]
    assert "No job yet" not in listed[olga]


def test_the_list_takes_as_many_queries_for_many_jobs(petra, client_of, django_assert_max_num_queries):
    client = client_of(petra)
    for _ in range(60):
        make_job(petra)
    with django_assert_max_num_queries(6):
        assert client.get("/jobs/").status_code == 200


def test_what_is_under_way_stands_at_the_top_of_every_page(running, petra, olga, client_of):
    page = client_of(petra).get(reverse("pilots:programmes")).content.decode()

    assert f'class="job-chip" href="/jobs/{running.pk}/"' in page
    assert "33%" in page
    assert "job-chip" not in client_of(olga).get(reverse("pilots:programmes")).content.decode()


def test_its_own_page_says_it_only_once(running, petra, client_of):
    assert "job-chip" not in read(client_of(petra), running)


def test_several_lead_to_the_list(running, petra, client_of):
    make_job(petra, S.WAITING)
    make_job(petra, S.DONE)

    page = client_of(petra).get(reverse("pilots:programmes")).content.decode()

    assert 'class="job-chip" href="/jobs/"' in page
    assert "2 jobs under way" in page


def test_the_bar_follows_it_to_its_end_and_says_so(running, petra, client_of):
    client = client_of(petra)
    assert client.get(f"/jobs/{running.pk}/chip/").status_code == 200
    Job.objects.update(state=S.DONE, done=120, finished_at=timezone.now())

    ended = client.get(f"/jobs/{running.pk}/chip/")

    assert ended.status_code == 286
    assert 'data-announce="Done: Move 120 pilots to Standard v3"' in ended.content.decode()
    assert "job-chip" not in client.get(reverse("pilots:programmes")).content.decode().split("<main")[0]


def test_the_bar_costs_no_query_of_its_own(running, petra, client_of, django_assert_num_queries):
    client = client_of(petra)
    Job.objects.update(state=S.DONE, finished_at=timezone.now())
    with django_assert_num_queries(4):  # session, person with roles, the frame, the tokens
        client.get(reverse("pilots:tokens"))
    Job.objects.update(state=S.RUNNING, finished_at=None)
    with django_assert_num_queries(4):
        client.get(reverse("pilots:tokens"))


# --- Words -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (190, "3 min 10 s"), (3_600, "1 h"), (3_900, "1 h 5 min")],
)
def test_durations_in_words(seconds, words):
    assert in_words(seconds) == words


def test_a_job_that_was_never_begun_took_no_time(petra):
    job = make_job(petra, S.CANCELLED, done=0)

    assert Progress(job, timezone.now()).took == ""
