"""Which models and rules decide, on what data, who answers for them, and what people overrode."""

import streamlit as st

from pages.components.frame import access, page_frame, session
from pages.components.governance import (
    files,
    kept_until,
    questions,
    second_person,
    standing,
    what_decides,
    where_from,
)
from pages.components.look import notices

access.enter("governance.py")
service, pilots = session.engine().governance, session.engine().pilots

page_frame.title("Governance", "What decides, on which data, and who answers for it")
with st.skeleton(height=420):
    overview = service.overview()
standing.figures(overview)
notices.notes(overview.notes)
files.buttons()
second_person.show(session.engine())

panels = {
    "Models and rules": lambda: what_decides.show(service.inventory()),
    "Data": lambda: where_from.show(service),
    "Drift": lambda: standing.drifted(service.drift(), overview.drift_owner),
    "Overrides": lambda: standing.overrides(service.overrides()),
    "Audits": lambda: standing.audits(service.audits(), service.history()),
    "Retention": lambda: kept_until.show(session.engine().retention.due()),
    "Pilot": lambda: standing.pilot(pilots.scope()),
    "Questions": lambda: questions.show(service.questions()),
}
page_frame.unknown_tab("tab", tuple(panels))
tabs = st.tabs(list(panels), key="tab", on_change="rerun", bind="query-params")
for tab, draw in zip(tabs, panels.values(), strict=True):
    with tab:
        if tab.open:
            draw()
