using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Launchpad.Local.Demo;

namespace Launchpad.Bench;

/// <summary>Upgrades of the real OpenClaw that go wrong on purpose, each in its own way: is the bot back on its last known good version, how
/// long was it away, and how does that compare with what cannot be had for less: one health window and one bare boot. And what each change
/// costs in handshakes with the bot's machine and in values read from the vault.</summary>
internal static class Rollout
{
    private const int HealthWindowMs = 30_000;
    private const double Goal = 1.2;
    private const int HandshakesGoal = 2;
    private const int VaultReadsGoal = 2;

    public static async Task<Report> RunAsync(Action<string> say)
    {
        await using var counters = await Counters.StartAsync();
        await using var stack = await LocalStack.StartAsync(say, counters.Environment);
        say("A bot, and a bare container to compare with …");
        var bare = (await stack.DemoAsync()).BareBootMs;
        using var customer = Customer.Of(stack.ControlPlane);
        var ct = CancellationToken.None;
        await customer.SignUpAsync($"{Guid.NewGuid():N}@example.com", Guid.NewGuid().ToString("N"), ct);
        var deployment = await BuyAsync(customer, ct);
        var state = await customer.DeploymentAsync(deployment, ct);
        using var door = new BotDoor(new Uri(state.Url!), stack.CaPath);
        await using var watch = new Watch(door);

        var rows = new List<Row>();
        foreach (var (name, method, path, body, works) in Cases())
        {
            say($"{name} …");
            var before = await customer.DeploymentAsync(deployment, ct);
            await customer.SendAsync(HttpMethod.Put, $"deployments/{deployment}/updates", new { pinned = false, resumeUpgrades = true }, ct);
            var counted = await counters.ReadAsync();
            var since = Stopwatch.GetTimestamp();
            var ended = await ChangeAsync(customer, deployment, method, path, body, ct);
            var after = await customer.DeploymentAsync(deployment, ct);
            var away = await watch.AwayMsAsync(since);
            var expected = works
                ? ended.Status == "succeeded" && after.ActiveVersion != before.ActiveVersion
                : ended.Status == "failed" && (after.ActiveVersion, after.LastKnownGood) == (before.ActiveVersion, before.LastKnownGood);
            if (!expected || after.Status != "running")
            {
                throw new InvalidOperationException($"{name}: {ended.Status}, {after.Status}, version {after.ActiveVersion}, {ended.Failure}");
            }

            say($"  {ended.Status} after {(ended.FinishedAt! - ended.CreatedAt).Value.TotalSeconds:0.0} s: {ended.Failure?.Message}");
            var now = await counters.ReadAsync();
            var (handshakes, reads) = (Since("launchpad.ssh.handshakes"), Since("launchpad.vault.reads"));
            say($"  away for {away:0} ms, {handshakes} handshakes, {reads} values read from the vault");
            rows.Add(Row.Of($"{name}: away", Math.Round(away), "ms", HealthWindowMs + bare, works ? 1 : Goal));
            rows.Add(Row.Of($"{name}: handshakes", handshakes, "", HandshakesGoal, 1));
            rows.Add(Row.Of($"{name}: vault reads", reads, "", VaultReadsGoal, 1));

            // Both were counted before: the bot was provisioned.
            long Since(string counter) => now[counter] - counted[counter];
        }

        return Report.Of([.. rows]);
    }

    private static IEnumerable<(string Name, HttpMethod Method, string Path, object Body, bool Works)> Cases()
    {
        yield return ("good config", HttpMethod.Patch, "config", new { instructions = "You are a pirate." }, true);
        yield return ("good image", HttpMethod.Post, "upgrade", new { tag = "2026.9.6-1" }, true);
        yield return ("bad config", HttpMethod.Patch, "config", new { config = new { agents = new { wat = 1 } } }, false);
        yield return ("bad image", HttpMethod.Post, "upgrade", new { tag = "broken" }, false);
        yield return ("ends after 20 s", HttpMethod.Post, "upgrade", new { tag = "broken-after-20s" }, false);
        yield return ("out of memory", HttpMethod.Post, "upgrade", new { tag = "broken-memory" }, false);
        yield return ("fails in its place only", HttpMethod.Post, "upgrade", new { tag = "broken-with-channels" }, false);
        yield return ("fails in its place after 28 s", HttpMethod.Post, "upgrade", new { tag = "broken-with-channels-after-28s" }, false);
    }

    internal static async Task<string> BuyAsync(Customer customer, CancellationToken ct)
    {
        var deployment = await customer.OrderAsync(new { name = "Ada", plan = "starter" }, ct);
        await customer.PayAsync(await customer.CheckoutAsync(deployment, ct), Customer.GoodCard, ct);
        var provisioned = await customer.FinishedAsync(await customer.BegunAsync(deployment, ct), null, ct);
        return provisioned.Failure is null ? deployment : throw new InvalidOperationException($"{provisioned.Failure}");
    }

    private static async Task<Operation> ChangeAsync(
        Customer customer, string deployment, HttpMethod method, string path, object body, CancellationToken ct)
    {
        using var config = await customer.Api.GetAsync(new Uri($"deployments/{deployment}/config", UriKind.Relative), ct);
        using var request = new HttpRequestMessage(method, $"deployments/{deployment}/{path}") { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", config.Headers.ETag!.Tag);
        using var answer = await customer.Api.SendAsync(request, ct);
        answer.EnsureSuccessStatusCode();
        var operation = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct))!["operation"]!;
        return await customer.FinishedAsync(operation, null, ct);
    }
}
