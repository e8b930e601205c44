import "./style/tokens.css";
import "./style/fonts.css";
import "./style/base.css";
import { onlineManager, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { keys } from "./api/keys";
import { makeQueries } from "./api/queries";
import { Kit } from "./pages/kit/Kit";
import { botId, browsers, drift, operation } from "./pages/kit/samples";

// What is shown is what was put there: nobody is asked for it again.
onlineManager.setOnline(false);

const queries = makeQueries();
queries.setQueryData(keys.operation(operation.id), operation);
queries.setQueryData(keys.botPart(botId, "drift"), drift);
queries.setQueryData(keys.browsers(botId), browsers);

const router = createRouter({ routeTree: createRootRoute({ component: Kit }), history: createMemoryHistory({ initialEntries: ["/"] }) });

const root = document.getElementById("root");
if (root === null) throw new Error("kit.html has no #root.");
createRoot(root).render(
  <QueryClientProvider client={queries}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
);
