"""An edition with a short calendar: early voting whose dates are derived, voting, a day for the result, a step that
waits for an event.
"""

from tests.exchange.packages import EDITION


def step(code: str, title: str, who: str, **more: str) -> str:
    """A step of the calendar; its times as TOML writes them."""
    given = "".join(f"{name} = {value}\n" for name, value in more.items())
    return f'[[calendar.steps]]\ncode = "{code}"\ntitle = {{en = "{title}"}}\nwho = ["{who}"]\n{given}\n'


EVENT = 'event = "results-published"'
CALENDAR = "".join(
    (
        EDITION,
        '\n[release]\ntime = "20:00"\n',
        '\n[calendar]\nday_count = "full-days-left"\ntimezone = "Asia/Tashkent"\n\n',
        step("early-voting", "Early voting", "precinct", opens="{before = 10}", closes="{before = 3}",
             article='"57"', status='"derived"'),
        step("voting", "Voting", "precinct", opens='{day = 0, time = "08:00"}', closes='{day = 0, time = "20:00"}',
             article='"51"', status='"confirmed"'),
        step("certification", "Results established", "central", opens='{day = 0, time = "20:00"}',
             closes="{after = 10}", article='"97"', status='"confirmed-2023"'),
        step("finance-report", "Finance report", "party", opens=f"{{day = 0, {EVENT}}}",
             closes=f"{{months_after = 1, {EVENT}}}"),
        step("council-papers", "Papers for the council", "party", contests='["council"]', closes="{before = 70}"),
    )
)  # fmt: skip
