"""The mail about long work that has ended: to whoever started it and may have stopped watching."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string

from pilots.models import Event, Job
from pilots.progress import Progress

WATCHED = timedelta(seconds=60)  # so long people look on themselves


def tell_of_end(event: Event) -> None:
    """Send the mail about the end that this event is of, once. Raises OSError when it cannot be sent now.

    Nobody hears of what took a moment, or of what they cancelled themselves.
    """
    job = Job.objects.select_related("started_by", "cancelled_by").get(pk=int(event.subject.split(":")[1]))
    if not _is_worth_it(job) or not _claim(job, event):
        return
    try:
        _mail(job, event).send()
    except OSError:  # smtplib's errors are OSErrors too
        Job.objects.filter(pk=job.pk, told_of=event.pk).update(told_of=None)
        raise


def _is_worth_it(job: Job) -> bool:
    person = job.started_by
    if not job.is_over or not person.is_active or not person.email:
        return False
    if job.cancelled_by is not None:
        return job.cancelled_by != person
    begun, finished = job.begun_at, job.finished_at
    return begun is not None and finished is not None and finished - begun >= WATCHED


def _claim(job: Job, event: Event) -> bool:
    """Whether this mail is still to be sent, and by nobody else."""
    untold = Job.objects.filter(Q(told_of__isnull=True) | Q(told_of__lt=event.pk), pk=job.pk)
    return bool(untold.update(told_of=event.pk))


def _mail(job: Job, event: Event) -> EmailMultiAlternatives:
    base = settings.BASE_URL.rstrip("/")
    progress = Progress(job, event.at)
    context = {
        "job": job,
        "progress": progress,
        "standing": progress.standing[1],
        "recipient": job.started_by,
        "because": "started it",
        "link": f"{base}/jobs/{job.pk}/",
    }
    subject, text = render_to_string("emails/job_ended.txt", context).split("\n", 1)
    host = base.split("://")[-1].split("/")[0].split(":")[0]
    mail = EmailMultiAlternatives(
        subject=subject.strip(),
        body=text.strip() + "\n",
        to=[job.started_by.email],
        headers={"Message-ID": f"<job.{job.pk}.{event.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("emails/job_ended.html", context), "text/html")
    return mail
