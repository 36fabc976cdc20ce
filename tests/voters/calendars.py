"""Steps of the electoral calendar that tests of voters share, as an edition has them."""

DAYS = """
[[calendar.steps]]
code = "voting"
title = {en = "Voting"}
opens = {day = 0, time = "08:00"}
closes = {day = 0, time = "20:00"}
article = "51"

[[calendar.steps]]
code = "early-voting"
title = {en = "Early voting"}
opens = {before = 10}
closes = {before = 3}
article = "57"

[[calendar.steps]]
code = "list-changes"
title = {en = "Changes of the list"}
closes = {before = 5}
article = "29"
"""
