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
addEventListener("vite:preloadError", (event) => {
  const at = "launchpad.reloaded";
  const last = Number(sessionStorage.getItem(at));
  if (Date.now() - last < 60_000) return;
  sessionStorage.setItem(at, String(Date.now()));
  event.preventDefault();
  location.reload();
});

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={makeQueries()}>
      <RouterProvider router={makeRouter()} />
    </QueryClientProvider>
  </StrictMode>,
);
