// Ctrl+K (Cmd+K) goes to the search box of the sidebar; Enter in it sends what stands there.
export default function ({ setTriggerValue }) {
  const box = () => document.querySelector(".st-key-search_box input");
  const pressed = (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && box()) {
      event.preventDefault();
      document.querySelector("[data-testid=stExpandSidebarButton]")?.click();
      box().focus();
      box().select();
    } else if (event.key === "Enter" && event.target === box() && box().value.trim()) {
      setTriggerValue("entered", box().value);
    }
  };
  document.addEventListener("keydown", pressed);
  box()?.setAttribute("aria-keyshortcuts", "Control+K Meta+K"); // from now on they are heard
  return () => document.removeEventListener("keydown", pressed);
}
