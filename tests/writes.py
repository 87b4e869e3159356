"""What is written while something happens: cheaper than reading every table before and after."""

import re
from typing import Any

WRITE = re.compile(
    r'\s*(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM) "(?:pilots|metrics|gates)_', re.IGNORECASE
)
SAVEPOINT = re.compile(r"(ROLLBACK TO )?SAVEPOINT (.+)")


class Writes:
    """The statements that changed rows of the product's tables, save those that were rolled back."""

    def __init__(self) -> None:
        self._log: list[tuple[str, str]] = []  # (savepoint, "") or ("", statement)

    @property
    def kept(self) -> list[str]:
        return [statement for _, statement in self._log if statement]

    def __call__(self, execute, sql: Any, params, many: bool, context: dict) -> Any:
        result = execute(sql, params, many, context)
        said = str(sql)
        if found := SAVEPOINT.match(said):
            self._at(found[2], rolled_back=bool(found[1]))
        elif WRITE.match(said) and (context["cursor"].rowcount or "RETURNING" in said):
            # SQLite counts what a statement returns only once that is read.
            self._log.append(("", said))
        return result

    def _at(self, savepoint: str, *, rolled_back: bool) -> None:
        if not rolled_back:
            self._log.append((savepoint, ""))
        elif (savepoint, "") in self._log:
            del self._log[self._log.index((savepoint, "")) + 1 :]
        else:
            self._log.clear()  # begun before us
