"""Form controls of our own."""

from collections.abc import Mapping
from typing import Any

from django import forms


class RadioCards(forms.RadioSelect):
    """Radio buttons as cards: each choice with a line of explanation (`hints`, by value)."""

    template_name = "components/widgets/radio_cards.html"
    option_template_name = "components/widgets/radio_card.html"

    def __init__(
        self, hints: Mapping[str, str] | None = None, attrs: dict[str, Any] | None = None, choices=()
    ):
        super().__init__(attrs, choices)
        self.hints = hints or {}

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None):
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        return option | {"hint": self.hints.get(str(value), "")}
