// First, because the order of the layers is that in which they are met.
import "./style/tokens.css";
import "./style/fonts.css";
import "./style/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeQueries } from "./api/queries";
import { makeRouter } from "./routes";

// After a new release the files of the old one are gone. Drafts are in the session's storage already, so one reload brings all of it back.
// Without a line a reload would lose the page that is there: it waits until there is one.
function loadAnew(): boolean {
  if (!navigator.onLine) {
    addEventListener("online", () => location.reload(), { once: true });
    return false;
  }
  const at = "launchpad.reloaded";
  const last = Number(sessionStorage.getItem(at));
  if (Date.now() - last < 60_000) return false;
  sessionStorage.setItem(at, String(Date.now()));
  location.reload();
  return true;
}
addEventListener("vite:preloadError", (event) => {
  if (loadAnew()) event.preventDefault();
});

// A style sheet that was lost on its way: nobody can use the page without it.
if ([...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")].some((link) => link.sheet === null)) loadAnew();

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={makeQueries()}>
      <RouterProvider router={makeRouter()} />
    </QueryClientProvider>
  </StrictMode>,
);
