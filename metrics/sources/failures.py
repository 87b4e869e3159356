"""Why nothing was collected."""

from metrics.sources.choices import FailureKind


class NotCollected(Exception):
    """Nothing was collected; the message is one sentence for the owner of the KPI.

    kind: a FailureKind. worth_retrying: whether trying again soon may help, with nothing changed by anybody.
    excerpt: the beginning of what the server said, where that helps. size: bytes of the answer, uncompressed.
    """

    def __init__(
        self,
        kind: FailureKind,
        sentence: str,
        *,
        worth_retrying: bool = False,
        excerpt: str = "",
        size: int = 0,
    ) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
        self.worth_retrying = worth_retrying
        self.excerpt = excerpt
        self.size = size
