using Launchpad.Processes;
using Microsoft.Playwright;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>WCAG 2.2 AA, as far as a program can judge it.</summary>
internal static class Axe
{
    private static readonly string Source =
        File.ReadAllText(Repository.File("infra", "local", "npm", "node_modules", "axe-core", "axe.min.js"));

    public static async Task<IReadOnlyList<string>> RunAsync(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            // By the protocol of the debugger: the page's policy forbids scripts of others, and is to.
            await page.EvaluateAsync(Source);
        }

        return await page.EvaluateAsync<string[]>("""
            async () => {
              const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
              const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
              return violations.flatMap(({ id, help, nodes }) => nodes.map(node =>
                `${id}: ${help}: ${node.target.join(" ")} ${node.html.slice(0, 160)} ${(node.failureSummary ?? "").split("\n").at(-1)?.trim()}`));
            }
            """);
    }
}
