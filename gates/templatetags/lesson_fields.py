"""The two fields in which a lesson is asked for, on pages of other subjects."""

from django import template

from gates.lessons.forms import LessonForm

register = template.Library()


@register.simple_tag
def lesson_form() -> LessonForm:
    """`{% lesson_form as form %}`: an empty one."""
    return LessonForm()
