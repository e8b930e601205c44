using System.Text.RegularExpressions;
using Launchpad.Local.Demo;
using Launchpad.Processes;
using Xunit.Abstractions;

namespace Launchpad.EndToEnd.Tests;

/// <summary>Every call that a saga makes, times every way it can go wrong. The calls are those that a run without faults was seen to make.
/// What a failed or lost call does to a saga is found out in seconds by the suite of the orchestrations; here the stack's own clients, retries
/// and processes are in between, so without being asked for more a call of every other service meets a fault, the kinds taking turns.
/// LAUNCHPAD_FAULTS=all walks the whole matrix, and LAUNCHPAD_FAULTS=failAfter,timeout its rows of these kinds. LAUNCHPAD_CHAOS names a file
/// that the table of invariants is added to.</summary>
[Collection(OnRolloutStack.Name)]
public sealed partial class FaultTests(OnRolloutStack.Fixture fixture, ITestOutputHelper output) : OnSharedStackTests(fixture)
{
    // A run need not make each of the calls that another one made.
    private const int CandidatesMax = 3;

    private const string Any = "[^/]+";

    private static readonly string[] Kinds = ["failBefore", "failAfter", "duplicate", "throttle", "timeout"];
    private static readonly string[] ClockTables =
        ["heartbeats", "conditions", "drift", "pages", "index()", "sweeps", "usage", "webhooks", "findings", "azure-webjobs-hosts"];
    private static readonly string? Asked = Environment.GetEnvironmentVariable("LAUNCHPAD_FAULTS");

    [Fact]
    public async Task A_fault_in_any_call_of_Provision_ends_in_a_running_bot_or_in_nothing_left()
    {
        if (await stack.MachinesAsync() is [])
        {
            await CallsOfProvisionAsync("starter"); // makes the machine that the others find
        }

        var calls = (await CallsOfProvisionAsync("starter")).Concat(await CallsOfProvisionAsync("dedicated"))
            .DistinctBy(call => call with { Plan = "" }).ToList();
        await WalkAsync("Provision", calls, ProvisionAsync);
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task A_fault_in_any_call_of_Rollout_ends_in_the_new_version_or_in_the_old_one()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        var calls = await CallsOfAsync("starter", () => customer.ChangeAsync(deployment, HttpMethod.Post, "upgrade", new { tag = "1.0.1" }));
        await WalkAsync("Rollout", Unpaid(calls), (call, kind) => RollOutAsync(customer, deployment, call, kind, NextTag), from: 1);
        if (Asked is not null)
        {
            var failing = await CallsOfAsync(
                "starter", () => customer.ChangeAsync(deployment, HttpMethod.Post, "upgrade", new { tag = "broken-with-channels" }));
            await WalkAsync("Rollout that fails", Unpaid(failing), (call, kind) =>
                RollOutAsync(customer, deployment, call, kind, _ => "broken-with-channels"));
        }

        await customer.DeletedAsync(deployment);
        Assert.Empty(await Leftovers.OfAsync(stack, deployment));
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task A_fault_in_any_call_of_Terminate_leaves_nothing()
    {
        var calls = new List<Call>();
        using (var customer = await stack.SignedUpAsync())
        {
            var (deployment, _) = await customer.RunningAsync();
            calls.AddRange(await CallsOfAsync("starter", () => customer.DeletedAsync(deployment)));
        }

        await WalkAsync("Terminate", calls, TerminateAsync);
    }

    /// <summary>The image that is not the one that runs.</summary>
    private static string NextTag(DeploymentState now) => now.ActiveVersion % 2 == 0 ? "1.0.0" : "1.0.1";

    private async Task WalkAsync(string saga, IReadOnlyList<Call> calls, Func<Call, string, Task<Cell>> walk, int from = 0)
    {
        Cells[] rows = Asked is null ? Few(calls, from) : [.. calls.SelectMany(call => Kinds.Where(IsAsked).Select(kind => new Cells([call], kind)))];
        Assert.NotEmpty(rows);
        output.WriteLine($"{saga}: {calls.Count} calls, {rows.Length} cells");
        var table = new InvariantTable(saga);
        foreach (var (candidates, kind) in rows)
        {
            var (call, cell) = await FirstMetAsync(candidates, candidate => walk(candidate, kind));
            table.Add($"{kind} {call.Service} {call.Method} {call.Pattern}", cell);
            output.WriteLine($"{cell.Ending,-9} {cell.Ms,6} ms  {kind,-10} {call.Service} {call.Method} {call.Pattern}");
        }

        await table.SaveAsync();
        output.WriteLine(table.ToString());
        Assert.True(table.Violations.Count == 0, string.Join('\n', table.Violations));
    }

    /// <summary>The first of the calls that a run makes. What the app remembers it does not ask for, so where one is not made another app, which
    /// remembers nothing, is given the same.</summary>
    private async Task<(Call Call, Cell Cell)> FirstMetAsync(IReadOnlyList<Call> candidates, Func<Call, Task<Cell>> walk)
    {
        foreach (var call in candidates)
        {
            if (await walk(call) is { Met: true } cell)
            {
                return (call, cell);
            }

            await stack.ForgetAsync();
            if (await walk(call) is { Met: true } again)
            {
                return (call, again);
            }
        }

        return (candidates[^1], await walk(candidates[^1]));
    }

    private static bool IsAsked(string kind) => Asked is "all" || Asked!.Split(',').Contains(kind);

    /// <summary>A call of every other service, the one in the middle or, where a run does without it, one beside it: the same ones each time,
    /// whatever the order in which calls were made.</summary>
    private static Cells[] Few(IReadOnlyList<Call> calls, int from)
    {
        Cells[] all =
        [
            .. calls.OrderBy(call => $"{call.Service} {call.Method} {call.Pattern}", StringComparer.Ordinal).GroupBy(call => call.Service)
                .Select((same, index) => new Cells(
                    [.. same.Skip(same.Count() / 2).Concat(same).Distinct().Take(CandidatesMax)], Kinds[index % Kinds.Length])),
        ];
        return all.Length <= 2 ? all : [.. all.Where((_, index) => index % 2 == from)];
    }

    private async Task<IReadOnlyList<Call>> CallsOfProvisionAsync(string plan)
    {
        using var customer = await stack.SignedUpAsync();
        var order = await customer.OrderAsync(new { name = "Ada", plan }, Stack.Within(1));
        var page = await customer.CheckoutAsync(order, Stack.Within(1));
        var calls = await CallsOfAsync(plan, async () =>
        {
            Assert.True(await customer.PayAsync(page, Customer.GoodCard, Stack.Within(1)));
            await customer.FinishedAsync(await customer.BegunAsync(order, Stack.Within(1)), null, Stack.Within(3));
        });
        await customer.DeletedAsync(order);
        return calls;
    }

    /// <summary>The distinct calls, with what differs from run to run taken out of their paths.</summary>
    private async Task<IReadOnlyList<Call>> CallsOfAsync(string plan, Func<Task> run)
    {
        await stack.SetFaultsAsync();
        await run();
        return
        [
            .. (await stack.SeenCallsAsync())
                .Where(call => call.Service is not "models" && !call.Path.StartsWith("/c/pay", StringComparison.Ordinal))
                .Where(call => !OfTheClock(call.Service, call.Path))
                .Select(call => new Call(plan, call.Service, call.Method, Generalized(call.Path)))
                .Where(call => !OfTheAppItself(call))
                .Distinct(),
        ];
    }

    /// <summary>Nobody pays for a rollout: what Stripe is asked meanwhile, a sweep of the bills asks.</summary>
    private static IReadOnlyList<Call> Unpaid(IReadOnlyList<Call> calls) => [.. calls.Where(call => call.Service is not "stripe")];

    /// <summary>What heartbeats, sweeps and the timers' own lease call may or may not fall into a provisioning.</summary>
    private static bool OfTheClock(string service, string path) =>
        service is "machine-door" || ClockTables.Any(table => path.Contains($"/{table}", StringComparison.Ordinal));

    /// <summary>A secret of no bot, such as the mail server's password: whoever needs it first reads it, and it is remembered for all.</summary>
    private static bool OfTheAppItself(Call call) => call.Service is "keyvault" && !call.Pattern.Contains(Any, StringComparison.Ordinal);

    private async Task<Cell> ProvisionAsync(Call call, string kind)
    {
        using var customer = await stack.SignedUpAsync();
        var deployment = await customer.OrderAsync(new { name = "Ada", plan = call.Plan }, Stack.Within(1));
        var page = await customer.CheckoutAsync(deployment, Stack.Within(1));
        var cell = await StrikeAsync(call, kind, async () =>
        {
            Assert.True(await customer.PayAsync(page, Customer.GoodCard, Stack.Within(1)));
            return await EndAsync(customer, async ct => await customer.BegunAsync(deployment, ct));
        });
        if (cell.Ending == "succeeded")
        {
            await cell.OneContainerAsync(stack, deployment);
        }
        else
        {
            cell.NoOrphan(await Leftovers.OfAsync(stack, deployment));
        }

        await customer.DeletedAsync(deployment);
        return cell;
    }

    private async Task<Cell> RollOutAsync(Customer customer, string deployment, Call call, string kind, Func<DeploymentState, string> tag)
    {
        await customer.SendAsync(
            HttpMethod.Put, $"deployments/{deployment}/updates", new { pinned = false, resumeUpgrades = true }, Stack.Within(1));
        var before = await customer.DeploymentAsync(deployment, Stack.Within(1));
        string? begun = null;
        var cell = await StrikeAsync(call, kind, () => EndAsync(customer, async ct => begun ??=
            await customer.BeginAsync(deployment, HttpMethod.Post, "upgrade", new { tag = tag(before) })));
        await cell.OneContainerAsync(stack, deployment);
        await cell.KnownVersionAsync(stack, customer, deployment, cell.Ending == "succeeded" ? null : before.ActiveVersion);
        return cell;
    }

    private async Task<Cell> TerminateAsync(Call call, string kind)
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        string? begun = null;
        var cell = await StrikeAsync(call, kind, () => EndAsync(customer, async ct => begun ??=
            await customer.StartAsync(HttpMethod.Delete, $"deployments/{deployment}?window=none", null, ct)));
        cell.MustSucceed();
        cell.NoOrphan(await Leftovers.OfAsync(stack, deployment));
        return cell;
    }

    private async Task<Cell> StrikeAsync(Call call, string kind, Func<Task<Operation>> run)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await stack.SetFaultsAsync(new
        {
            service = call.Service,
            method = call.Method,
            path = call.Pattern,
            fault = kind,
            count = 1,
            retryAfterSeconds = 1,
        });
        var operation = await run();
        var cell = new Cell(operation, watch.ElapsedMilliseconds, await stack.FaultHitsAsync());
        await stack.SetFaultsAsync();
        await Leftovers.AssertMachinesAgreeAsync(stack);
        return cell;
    }

    /// <summary>The API itself is under the same faults while it is asked.</summary>
    private static async Task<Operation> EndAsync(Customer customer, Func<CancellationToken, Task<string?>> begin)
    {
        var ct = Stack.Within(5);
        while (true)
        {
            try
            {
                return await customer.FinishedAsync((await begin(ct))!, null, ct);
            }
            catch (Exception struck) when (struck is RefusedException { Status: >= System.Net.HttpStatusCode.InternalServerError } or InvalidOperationException)
            {
                await Task.Delay(100, ct);
            }
        }
    }

    private static string Generalized(string path) => "^" + Varying().Replace(Regex.Escape(path), Any) + "$";

    [GeneratedRegex(
        @"(acc|dep|op|vm|bak)[_-][0-9A-Za-z]{26,32}|sha256[:-][0-9a-f]{64}|(sub|cs_test|evt|cus|price|in)_[0-9A-Za-z]+|[0-9]{19}|[0-9a-f]{64}"
        + @"|ada-[0-9a-z]{8}|[0-9a-f]{32}|(?<=-(nic|ip)-)[0-9a-f]{8}"
        + @"|(?<=once-status-)[0-9]+|(?<='r)[0-9]{12}|(?<=tiny/manifests/)[0-9.\\]+")]
    private static partial Regex Varying();

    /// <summary>What meets a fault of a kind: the first of the calls that is made.</summary>
    private sealed record Cells(IReadOnlyList<Call> Candidates, string Kind);

    private sealed record Call(string Plan, string Service, string Method, string Pattern);
}
