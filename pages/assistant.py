"""Questions in words about customers, products and lists, answered from the engine's figures."""

import streamlit as st

from pages.components.assistant import meeting, receipts, talk, voice
from pages.components.frame import access, page_frame, session

access.enter("assistant.py")
engine = session.engine()

page_frame.title("Assistant", "Ask in your own words; every figure is one of this bank's pages")
with st.expander("Speak instead of typing", icon=":material/mic:"):
    voice.show(
        engine,
        "voice_question",
        what="a question",
        action="Ask",
        longest=talk.LONGEST,
        use=talk.ask_next,
    )
with st.expander("Notes of a meeting", icon=":material/edit_note:"):
    meeting.show(engine)
receipts.expander(engine)
typed = st.chat_input(
    "Ask about a customer, a product or the lists", key="assistant_input", max_chars=talk.LONGEST
)
asked = st.session_state.pop("assistant_asked", None) or typed
if not asked and not talk.replies():
    st.caption("Nothing you ask is kept beyond this session. To begin with:")
    talk.chips(engine.assistant.suggestions(session.customer_id()), "suggested")
talk.show()
if asked:
    talk.ask(engine, asked)
if talk.replies():
    st.button("Clear", icon=":material/delete_sweep:", type="tertiary", on_click=talk.clear)
engine.assistant.start_warm_up()  # last, so that the page is drawn before models are read
