"""An edition with a short calendar: early voting whose dates are derived, voting, a day for the result, a step that
waits for an event.
"""

from tests.exchange.packages import EDITION

CALENDAR = (
    EDITION
    + """
[release]
time = "20:00"

[calendar]
day_count = "full-days-left"
timezone = "Asia/Tashkent"

[[calendar.steps]]
code = "early-voting"
title = {en = "Early voting"}
who = ["precinct"]
opens = {before = 10}
closes = {before = 3}
article = "57"
status = "derived"

[[calendar.steps]]
code = "voting"
title = {en = "Voting"}
who = ["precinct"]
opens = {day = 0, time = "08:00"}
closes = {day = 0, time = "20:00"}
article = "51"
status = "confirmed"

[[calendar.steps]]
code = "certification"
title = {en = "Results established"}
who = ["central"]
opens = {day = 0, time = "20:00"}
closes = {after = 10}
article = "97"
status = "confirmed-2023"

[[calendar.steps]]
code = "finance-report"
title = {en = "Finance report"}
who = ["party"]
opens = {day = 0, event = "results-published"}
closes = {months_after = 1, event = "results-published"}

[[calendar.steps]]
code = "council-papers"
title = {en = "Papers for the council"}
who = ["party"]
contests = ["council"]
closes = {before = 70}
"""
)
