"""The frame around every page: menu, bank, and whatever must be said before a page begins."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from engine.errors import EngineError  # noqa: E402
from pages.components.customers import worklist  # noqa: E402
from pages.components.frame import (  # noqa: E402
    access,
    demonstration,
    page_frame,
    search_box,
    session,
    theme,
    welcome,
)
from pages.components.look import pinned  # noqa: E402
from pages.components.look.wording import escape  # noqa: E402

ASSETS = ROOT / "assets"

DAY = "my_day.py"
CUSTOMERS = "customer_explorer.py"
PAGES = (
    (DAY, "My day", "today", "day"),
    (CUSTOMERS, "Customers", "group", None),
    ("assistant.py", "Assistant", "chat", "assistant"),
    ("recommendations.py", "Recommendations", "target", "recommendations"),
    ("campaigns.py", "Campaigns", "campaign", "campaigns"),
    ("insights.py", "Insights", "insights", "insights"),
    ("fairness.py", "Fairness", "balance", "fairness"),
    ("governance.py", "Governance", "policy", "governance"),
    ("feedback.py", "Feedback", "forum", "feedback"),
    ("data.py", "Data", "database", "data"),
    ("about.py", "What is this?", "help", "about"),
)

st.set_page_config(
    page_title="Attune",
    page_icon=str(ASSETS / "icon.svg"),
    layout="wide",
    initial_sidebar_state=220,
)
dark = st.context.theme.type == "dark"
st.html(ASSETS / "theme.css")
st.logo(
    str(ASSETS / ("logo-dark.svg" if dark else "logo.svg")),
    size="large",
    icon_image=str(ASSETS / "icon.svg"),
)
# A page's own icon would be asked for at another host; a link's comes with Streamlit's font.
listed = [
    st.Page(file, title=title, url_path=path, default=file == CUSTOMERS)
    for file, title, _, path in PAGES
]
path = urlsplit(st.context.url or "").path.strip("/")
by_file = {file: page for page, (file, *_) in zip(listed, PAGES, strict=True)}


def customers() -> None:
    """The customers stand at /, and whoever types /customers finds them too."""
    st.switch_page(by_file[CUSTOMERS], query_params=st.query_params.to_dict())


def no_such_page() -> None:
    """The address names no page; the menu beside this leads on."""
    st.title("No such page", anchor=False)
    st.write(
        f"There is no page at “{escape(path)}”. Choose one from the menu, or type what you look "
        "for into the box above it."
    )


def unlisted() -> list[StreamlitPage]:
    """Pages that stand in no menu: other ways to one that does, and an address that is none."""
    known = {page.url_path for page in listed} | {"customers"}
    lost = [] if path in known or "/" in path else [no_such_page]
    hidden = [st.Page(customers, visibility="hidden")]
    return hidden + [st.Page(one, url_path=path, visibility="hidden") for one in lost]


def begin(person: access.Principal) -> None:
    """A relationship manager who comes without asking for anything begins with the day."""
    came_before = st.session_state.get("came", False)
    st.session_state["came"] = True
    asked = set(st.query_params) - {"bank"}
    bare = page is by_file[CUSTOMERS] and not asked
    if bare and not access.may_open(CUSTOMERS, person):
        first = next(file for file in by_file if access.may_open(file, person))
        st.switch_page(by_file[first], query_params=st.query_params.to_dict())
    if bare and not came_before and "relationship_manager" in person.roles:
        st.switch_page(by_file[DAY], query_params=st.query_params.to_dict())


def menu(person: access.Principal) -> None:
    """The pages that are open to them; whoever is chosen, and from which list, comes along."""
    carried = worklist.address()
    with places:
        for page, (file, title, icon, _) in zip(listed, PAGES, strict=True):
            if not access.may_open(file, person):
                continue
            st.page_link(
                page,
                label=title,
                icon=f":material/{icon}:",
                width="stretch",
                query_params=carried,
            )


page = st.navigation([*listed, *unlisted()], position="hidden")
sought = st.sidebar.container(gap="xsmall", key="find")
places = st.sidebar.container(gap="xsmall", key="menu")

try:
    person = access.require()
    access.arrive(next((file for file, one in by_file.items() if one is page), None))
    banks = session.banks().set_index("bank_id")
    if not banks.empty:
        begin(person)
        session.choose_bank(banks.index.tolist())
        session.note_names()
        demonstration.arrive()
    pinned.pin(())
    session.settle_customer(page.url_path)
    worklist.settle_selection()
    menu(person)
    if banks.empty and page.title != "Data":
        welcome.show()
        st.stop()
    if not banks.empty:
        opened = [one for one in PAGES if access.may_open(one[0], person)]
        with sought:
            search_box.show(
                {path or "": title for _, title, _, path in opened},
                {path or "": file for file, _, _, path in opened},
            )
        with st.sidebar:
            st.selectbox(
                "Bank",
                banks.index.tolist(),
                format_func=lambda bank: str(banks["name"].get(bank, bank)),
                key="bank",
                on_change=session.on_bank_change,
            )
            below = st.empty()
            # Before anything is asked of the bank: a page that is closed to a role ends there.
            page_frame.ways_out(access.ways())
            theme.watch()
        with st.skeleton(height=420):
            summary = session.engine().facts.summary()
        with below.container():
            page_frame.sidebar(summary, person.name)
        if "manager" in person.roles:
            with st.sidebar:
                demonstration.in_sidebar()
        page_frame.damage(summary)
        page_frame.unknown_bank(session.unknown_bank(page.url_path))
        page_frame.unknown(session.unknown_customer())
        demonstration.bar()
    page_frame.flash()
    page.run()
except EngineError as error:
    page_frame.failed(error)
