// Tells the server that the browser turned light or dark: what it draws takes the theme's colours.
export default function ({ setTriggerValue }) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let stands = dark.matches;
  const tell = () => {
    if (dark.matches === stands) return;
    stands = dark.matches;
    setTriggerValue("turned", stands ? "dark" : "light");
  };
  // Two frames later Streamlit knows it too, and a window that nobody sees waits until it is seen.
  const turned = () => requestAnimationFrame(() => requestAnimationFrame(tell));
  dark.addEventListener("change", turned);
  return () => dark.removeEventListener("change", turned);
}
