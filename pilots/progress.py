"""A job shaped for people: how far it is, how long it takes, what came of each thing it works through."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pilots import rules
from pilots.choices import OVER, JobState
from pilots.models import Job, User

SHOWN = 50  # of each outcome; the file has all
NO_SIGN_OF_LIFE = ("warn", "No sign of life")
STANDING = {
    JobState.WAITING: ("wait", "Waiting for a worker"),
    JobState.RUNNING: ("half", "Under way"),
    JobState.DONE: ("ok", "Done"),
    JobState.FAILED: ("bad", "Failed"),
    JobState.CANCELLED: ("paused", "Cancelled"),
}


@dataclass(frozen=True)
class Line:
    """What came of one thing. `link` is its page, where it has one."""

    name: str
    link: str
    why: str = ""


@dataclass(frozen=True)
class Outcome:
    """The things of which the same came."""

    words: str
    lines: list[Line]

    @property
    def shown(self) -> list[Line]:
        return self.lines[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.lines) - SHOWN)


@dataclass(frozen=True)
class Progress:
    """How far a job is at this moment. No query."""

    job: Job
    now: datetime

    @property
    def is_silent(self) -> bool:
        return rules.is_silent(state=self.job.state, beat_at=self.job.beat_at, now=self.now)

    @property
    def standing(self) -> tuple[str, str]:
        """Its tone and words."""
        return NO_SIGN_OF_LIFE if self.is_silent else STANDING[JobState(self.job.state)]

    @property
    def percent(self) -> int:
        return 100 * self.job.done // self.job.total if self.job.total else 0

    @property
    def quarter(self) -> int:
        return rules.quarter(self.job.done, self.job.total)

    @property
    def left(self) -> int:
        """How many are not done."""
        return self.job.total - self.job.done

    @property
    def can_cancel(self) -> bool:
        return not self.cancel_blockers

    @property
    def cancel_blockers(self) -> list[str]:
        job = self.job
        return rules.cancel_blockers(
            state=job.state, done=job.done, total=job.total, is_safe=bool(job.leaves)
        )

    @property
    def can_retry(self) -> bool:
        return not rules.retry_blockers(state=self.job.state, is_silent=self.is_silent)

    @property
    def time_left(self) -> str:
        """ "about 40 s left"; blank before anything can be told."""
        job = self.job
        if job.state != JobState.RUNNING or job.begun_at is None or self.is_silent:
            return ""
        seconds = rules.seconds_left(
            done=job.done,
            begun_with=job.begun_with,
            total=job.total,
            seconds=(job.beat_at - job.begun_at).total_seconds(),
            since=(self.now - job.beat_at).total_seconds(),
        )
        return f"about {in_words(seconds)} left" if seconds is not None else ""

    @property
    def took(self) -> str:
        """How long it was worked at, last, up to its last sign of life; blank where it was not begun."""
        job = self.job
        if job.begun_at is None or not job.is_over:
            return ""
        return in_words(round((job.beat_at - job.begun_at).total_seconds()))

    def news(self, heard: int) -> str:
        """What somebody hears who was told of `heard` percent: the end, or the next quarter; blank: nothing."""
        count = f"{self.job.done:,} of {self.job.total:,} {self.job.unit}"
        if self.job.is_over:
            return f"{self.standing[1]}: {count}."
        return f"{self.quarter}% done: {count}." if self.quarter > heard else ""


@dataclass(frozen=True)
class Chip:
    """Long work in the bar at the top of every page. `others`: how much more there is under way."""

    FIELDS: ClassVar = ("id", "what", "state", "done", "total")

    id: int
    what: str
    state: str
    done: int
    total: int
    others: int = 0

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def tone(self) -> str:
        return STANDING[JobState(self.state)][0]

    @property
    def words(self) -> str:
        """How it stands: "40%", "Waiting for a worker", "Done"."""
        return f"{self.percent}%" if self.state == JobState.RUNNING else STANDING[JobState(self.state)][1]


def chip_of(job: Job) -> Chip:
    return Chip(**{name: getattr(job, name) for name in Chip.FIELDS})


def in_words(seconds: int) -> str:
    """A duration: "40 s", "3 min 10 s", "1 h 5 min"."""
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def outcomes(job: Job) -> list[Outcome]:
    """What came of each thing a job works through, what needs a look first. Nothing where it names none."""
    found: dict[str, list[Line]] = {"Not done": [], "Not begun": [], "Done": []}
    for words, line in _lines(job):
        found[words].append(line)
    return [Outcome(words, lines) for words, lines in found.items() if lines]


def _lines(job: Job) -> Iterator[tuple[str, Line]]:
    names, page = job.order.get("names", []), job.order.get("page", "")
    refused = dict(job.result.get("refused", [])) if names else {}
    for place, name in enumerate(names):
        link = page.format(name)
        if place >= job.done:
            yield "Not begun", Line(name, link)
        elif name in refused:
            yield "Not done", Line(name, link, refused[name])
        else:
            yield "Done", Line(name, link)


def jobs_seen(user: User):
    """The long work this person may look at, newest first, without what it needs to know. One query."""
    return Job.objects.visible_to(user).select_related("started_by", "cancelled_by").defer("order", "result")
