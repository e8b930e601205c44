using System.Text.RegularExpressions;
using Launchpad.Local.Demo;
using Xunit.Abstractions;

namespace Launchpad.EndToEnd.Tests;

/// <summary>Every call that Provision makes, times every way it can go wrong. The calls are those that runs without faults were seen to
/// make: one that finds room on a machine, and one that makes a machine of its own. LAUNCHPAD_FAULTS=all walks the whole matrix, and
/// LAUNCHPAD_FAULTS=failAfter,timeout its rows of these kinds; without it every seventh call meets one fault, a different one each
/// time.</summary>
[Collection(OnOneStack.Name)]
public sealed partial class FaultTests(StackFixture fixture, ITestOutputHelper output)
{
    private static readonly string[] Kinds = ["failBefore", "failAfter", "duplicate", "throttle", "timeout"];
    private static readonly string[] ClockTables = ["heartbeats", "conditions", "drift", "pages"];
    private const int Stride = 7;

    private static readonly string? Asked = Environment.GetEnvironmentVariable("LAUNCHPAD_FAULTS");

    private readonly Stack stack = fixture.Stack;

    [Fact]
    public async Task A_fault_in_any_call_of_Provision_ends_in_a_running_bot_or_in_nothing_left()
    {
        await CallsOfAsync("starter"); // makes the machine that the others find
        var calls = (await CallsOfAsync("starter")).Concat(await CallsOfAsync("dedicated")).DistinctBy(call => call with { Plan = "" }).ToList();
        var kinds = Asked is null or "all" ? Kinds : Kinds.Where(kind => Asked.Split(',').Contains(kind)).ToArray();
        var cells = Asked is not null
            ? calls.SelectMany(call => kinds.Select(kind => (call, kind))).ToList()
            : calls.Where((_, index) => index % Stride == 0).Select((call, index) => (call, Kinds[index % Kinds.Length])).ToList();
        Assert.NotEmpty(cells);
        output.WriteLine($"{calls.Count} calls, {cells.Count} cells");
        var wrong = new List<string>();
        foreach (var (call, kind) in cells)
        {
            var outcome = await WalkAsync(call, kind);
            output.WriteLine($"{outcome.Ending,-9} {outcome.Ms,6} ms  {kind,-10} {call.Service} {call.Method} {call.Pattern}");
            wrong.AddRange(outcome.Wrong.Select(what => $"{kind} {call.Service} {call.Method} {call.Pattern}: {what}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>The distinct calls, with what differs from order to order taken out of their paths.</summary>
    private async Task<IReadOnlyList<Call>> CallsOfAsync(string plan)
    {
        using var customer = await stack.SignedUpAsync();
        var order = await customer.OrderAsync(new { name = "Ada", plan }, Stack.Within(1));
        var page = await customer.CheckoutAsync(order, Stack.Within(1));
        await stack.SetFaultsAsync();
        Assert.True(await customer.PayAsync(page, Customer.GoodCard, Stack.Within(1)));
        await customer.FinishedAsync(await customer.BegunAsync(order, Stack.Within(1)), null, Stack.Within(3));
        var seen = await stack.SeenCallsAsync();
        await customer.DeletedAsync(order);
        return
        [
            .. seen.Where(call => call.Service is not "models" && !call.Path.StartsWith("/c/pay", StringComparison.Ordinal))
                .Where(call => !OfTheClock(call.Service, call.Path))
                .Select(call => new Call(plan, call.Service, call.Method, Generalized(call.Path)))
                .Distinct(),
        ];
    }

    /// <summary>What heartbeats and sweeps call may or may not fall into a provisioning.</summary>
    private static bool OfTheClock(string service, string path) =>
        service is "machine-door" || ClockTables.Any(table => path.Contains($"/{table}", StringComparison.Ordinal));

    private async Task<Outcome> WalkAsync(Call call, string kind)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        using var customer = await stack.SignedUpAsync();
        var deployment = await customer.OrderAsync(new { name = "Ada", plan = call.Plan }, Stack.Within(1));
        var page = await customer.CheckoutAsync(deployment, Stack.Within(1));
        await stack.SetFaultsAsync(new
        {
            service = call.Service,
            method = call.Method,
            path = call.Pattern,
            fault = kind,
            count = 1,
            retryAfterSeconds = 1,
        });
        Assert.True(await customer.PayAsync(page, Customer.GoodCard, Stack.Within(1)));
        var operation = await EndAsync(customer, deployment);
        var wrong = new List<string>();
        if (await stack.FaultHitsAsync() == 0)
        {
            wrong.Add("the call was not made");
        }

        await stack.SetFaultsAsync();
        if (operation.Status == "succeeded")
        {
            var bots = await stack.BotsAsync();
            if (!bots.SequenceEqual([deployment]))
            {
                wrong.Add($"containers: {string.Join(", ", bots)}");
            }
        }
        else
        {
            wrong.AddRange(await Leftovers.OfAsync(stack, deployment));
            if (operation.Failure is not { Message.Length: > 0, Next.Length: > 0 })
            {
                wrong.Add("the customer was not told why and what to do");
            }
        }

        await Leftovers.AssertMachinesAgreeAsync(stack);
        await customer.DeletedAsync(deployment);
        return new(operation.Status, watch.ElapsedMilliseconds, wrong);
    }

    /// <summary>The API itself is under the same faults while it is asked.</summary>
    private static async Task<Operation> EndAsync(Customer customer, string deployment)
    {
        var ct = Stack.Within(4);
        while (true)
        {
            try
            {
                return await customer.FinishedAsync(await customer.BegunAsync(deployment, ct), null, ct);
            }
            catch (RefusedException struck) when ((int)struck.Status >= 500)
            {
                await Task.Delay(100, ct);
            }
        }
    }

    private static string Generalized(string path) => "^" + Varying().Replace(Regex.Escape(path), "[^/]+") + "$";

    [GeneratedRegex(
        @"(acc|dep|op|vm)[_-][0-9A-Za-z]{26}|sha256[:-][0-9a-f]{64}|(sub|cs_test|evt|cus|price|in)_[0-9A-Za-z]+|[0-9]{19}|[0-9a-f]{64}"
        + @"|ada-[0-9a-z]{8}|[0-9a-f]{32}|(?<=-(nic|ip)-)[0-9a-f]{8}")]
    private static partial Regex Varying();

    private sealed record Call(string Plan, string Service, string Method, string Pattern);

    private sealed record Outcome(string Ending, long Ms, IReadOnlyList<string> Wrong);
}
