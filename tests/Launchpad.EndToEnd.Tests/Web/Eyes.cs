using System.Globalization;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>What people see of a page beside what it says: whether it stands still, and whether larger letters have room.</summary>
internal static class Eyes
{
    /// <summary>In every page from its first moment.</summary>
    public const string Watch = """
        globalThis.launchpadMoves = [];
        new PerformanceObserver(list => list.getEntries().filter(one => !one.hadRecentInput).forEach(({ value, sources }) =>
          launchpadMoves.push({ value, what: (sources ?? []).map(({ node }) => (node?.outerHTML ?? node?.textContent ?? "?").slice(0, 120)).join(" and ") })))
          .observe({ type: "layout-shift", buffered: true });
        """;

    private const double MovesMax = 0.02;

    /// <summary>The cumulative layout shift since the page was opened, where it is more than nobody notices.</summary>
    public static async Task<IReadOnlyList<string>> MovedAsync(this Visitor visitor, string name)
    {
        var moves = await visitor.Page.EvaluateAsync<Move[]>("launchpadMoves");
        var sum = moves.Sum(move => move.Value);
        return sum <= MovesMax
            ? []
            : [string.Create(CultureInfo.InvariantCulture, $"{name} moves by {sum:0.000}: {moves.MaxBy(move => move.Value)!.What}")];
    }

    /// <summary>What is lost or has to be scrolled sideways for, once letters are twice as large.</summary>
    public static async Task<IReadOnlyList<string>> EnlargedAsync(this Visitor visitor, string name)
    {
        var lost = await visitor.Page.EvaluateAsync<string[]>("""
            async () => {
              const root = document.documentElement;
              root.style.fontSize = "200%";
              await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
              const told = one => `<${one.tagName.toLowerCase()} class="${one.className}"> ${one.textContent.trim().slice(0, 60)}`;
              const hides = (one, way) => ["hidden", "clip"].includes(getComputedStyle(one)[`overflow${way}`]);
              // What is only heard is not cut, nor what ends in dots with letters of any size.
              const said = one => one.closest(".unseen, svg, [role=tooltip]") !== null || one.clientWidth <= 1
                || getComputedStyle(one).textOverflow === "ellipsis";
              const cut = [...document.querySelectorAll("body *")].filter(one =>
                one.checkVisibility({ visibilityProperty: true }) && one.textContent.trim() !== "" && !said(one)
                && ((hides(one, "X") && one.scrollWidth > one.clientWidth + 1) || (hides(one, "Y") && one.scrollHeight > one.clientHeight + 1)));
              const over = root.scrollWidth - root.clientWidth;
              const scrolls = one => one !== root && (getComputedStyle(one).overflowX !== "visible" || (one.parentElement !== null && scrolls(one.parentElement)));
              const wide = [...document.querySelectorAll("body *")].filter(one =>
                over > 0 && one.getBoundingClientRect().right > root.clientWidth + 1 && !scrolls(one));
              return [...cut.map(one => `is cut: ${told(one)}`), ...(over > 0 ? [`goes ${over} px too far: ${wide.slice(0, 3).map(told).join(" | ")}`] : [])];
            }
            """);
        var shown = $"{name}, letters doubled, {visitor.Page.ViewportSize!.Width}";
        if (lost.Length > 0)
        {
            await visitor.KeepAsync($"{name}-doubled");
        }

        await visitor.Page.EvaluateAsync("document.documentElement.style.fontSize = ''");

        return [.. lost.Select(one => $"{shown}: {one}")];
    }

    private sealed record Move
    {
        public double Value { get; set; }

        public string What { get; set; } = "";
    }
}
