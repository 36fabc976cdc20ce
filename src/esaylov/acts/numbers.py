"""The number of a decision, or of minutes, in the payload of an act."""

from typing import Annotated

from pydantic import Field

from esaylov.law.numbers import DECISION_NUMBER

Number = Annotated[str, Field(max_length=60, pattern=DECISION_NUMBER)]
