using Azure.Data.Tables;
using Launchpad.Local.Demo;
using Xunit.Abstractions;

namespace Launchpad.EndToEnd.Tests;

/// <summary>kill -9 of either process after every turn of a saga. The engine freezes the control plane right after the commit of the n-th
/// history event, so what is killed is known, not guessed. LAUNCHPAD_KILL_STRIDE sets how many events lie between two kills (1: every
/// one).</summary>
public sealed class KillTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int EventsMax = 200;
    private static readonly int Stride = int.Parse(Environment.GetEnvironmentVariable("LAUNCHPAD_KILL_STRIDE") ?? "11", null);

    private readonly Stack stack = new(slot: 6, image: "tiny");

    public Task InitializeAsync() => stack.UpAsync();

    public async Task DisposeAsync() => await stack.DisposeAsync();

    [Theory]
    [InlineData("Provision", "control plane")]
    [InlineData("Provision", "pocket cloud")]
    [InlineData("Terminate", "control plane")]
    [InlineData("Terminate", "pocket cloud")]
    [InlineData("Rollout", "control plane", "1.0.1")]
    [InlineData("Rollout", "control plane", "broken-with-channels")]
    [InlineData("Rollout", "pocket cloud", "1.0.1")]
    public async Task A_saga_goes_on_where_it_was(string saga, string victim, string? tag = null)
    {
        // A rollout takes ten times as long as the others, most of it watching.
        var stride = tag is null || Stride == 1 ? Stride : 4 * Stride;
        // A machine that has the image, so that every round walks the same way.
        using (var customer = await stack.SignedUpAsync())
        {
            var (deployment, _) = await customer.RunningAsync();
            await customer.DeletedAsync(deployment);
        }

        var rounds = 0;
        for (var n = 1 + (victim == "pocket cloud" ? stride / 2 : 0); n < EventsMax; n += stride)
        {
            if (!await RoundAsync(saga, victim, n, tag))
            {
                break;
            }

            rounds++;
        }

        output.WriteLine($"{saga} {tag}: {rounds} kills of the {victim}, one every {stride} events");
        await InvariantTable.SaveAsync($"✓ {saga,-20} killed: {victim}, {tag ?? "ordinary"}: all of the above held {rounds,6} times\n");
        Assert.InRange(rounds, 1, EventsMax);
    }

    /// <summary>False when the saga ended before its n-th event: every point was passed.</summary>
    private async Task<bool> RoundAsync(string saga, string victim, int n, string? tag)
    {
        await stack.KillPocketCloudAsync();
        await stack.UpAsync($"Durable__StopAfterEvent={saga}:{n}");
        var pid = await stack.ControlPlanePidAsync();
        using var customer = await stack.SignedUpAsync();
        var deployment = await customer.BuyAsync();
        var terminating = saga switch
        {
            "Terminate" => TerminateAsync(customer, deployment),
            "Rollout" => RollOutAsync(customer, deployment, tag!),
            _ => null,
        };
        var frozen = await Stack.FreezesAsync(pid, () => IsOverAsync(deployment, saga, tag), Stack.Within(3));
        if (frozen)
        {
            await KillAsync(victim, pid, saga, n);
        }

        if (terminating is not null)
        {
            await terminating.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await AssertEndAsync(customer, deployment, saga, $"{saga}:{n}, {victim}, {tag}", tag);
        return frozen;
    }

    private async Task KillAsync(string victim, int pid, string saga, int n)
    {
        if (victim == "control plane")
        {
            await Stack.SignalAsync(pid, "KILL");
            return;
        }

        // The control plane goes on against a cloud that is gone, and then against one that came back.
        await stack.KillPocketCloudAsync();
        await Stack.SignalAsync(pid, "CONT");
        await stack.UpAsync($"Durable__StopAfterEvent={saga}:{n}");
    }

    private static async Task TerminateAsync(Customer customer, string deployment)
    {
        await customer.FinishedAsync(await customer.BegunAsync(deployment, Stack.Within(1)), null, Stack.Within(3));
        await customer.StartAsync(HttpMethod.Delete, $"deployments/{deployment}?window=none", null, Stack.Within(1));
    }

    private static async Task RollOutAsync(Customer customer, string deployment, string tag)
    {
        await customer.FinishedAsync(await customer.BegunAsync(deployment, Stack.Within(1)), null, Stack.Within(3));
        await customer.BeginAsync(deployment, HttpMethod.Post, "upgrade", new { tag });
    }

    private async Task<bool> IsOverAsync(string deployment, string saga, string? tag)
    {
        var row = await stack.Table("deployments").QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {deployment}")).SingleAsync();
        if (saga == "Rollout" && (row.GetInt32("activeVersion") != 2 && row.GetInt32("failedRollouts") is not > 0))
        {
            return false;
        }

        Assert.True(row.GetInt32("activeVersion") != 2 || tag == "1.0.1", "The broken version is active.");
        return row.GetString("status") == (saga == "Terminate" ? "terminated" : "running") && row.GetString("operation") == "";
    }

    private async Task AssertEndAsync(Customer customer, string deployment, string saga, string round, string? tag)
    {
        var ct = Stack.Within(3);
        while (!await EndedAsync())
        {
            await Task.Delay(100, ct);
        }

        var machines = await stack.MachinesAsync();
        Assert.True(machines.Length == 1, $"{round}: {machines.Length} machines");
        await Leftovers.AssertMachinesAgreeAsync(stack);
        var subscriptions = await SubscriptionsAsync(deployment);
        if (saga == "Terminate")
        {
            Assert.True((await Leftovers.OfAsync(stack, deployment)) is [], $"{round}: {string.Join(", ", await Leftovers.OfAsync(stack, deployment))}");
            Assert.DoesNotContain("active", subscriptions);
            return;
        }

        Assert.True((await stack.BotsAsync()).SequenceEqual([deployment]), $"{round}: {string.Join(", ", await stack.BotsAsync())}");
        Assert.True(subscriptions.SequenceEqual(["active"]), $"{round}: {string.Join(", ", subscriptions)}");
        await customer.DeletedAsync(deployment);

        async Task<bool> EndedAsync()
        {
            try
            {
                // The last events follow what can be seen of the end: the kill may have come after it, and the start still be going on.
                return await IsOverAsync(deployment, saga, tag) && await stack.AnswersAsync(ct);
            }
            catch (Azure.RequestFailedException)
            {
                // Just being started again.
                return false;
            }
        }
    }

    private async Task<IReadOnlyList<string>> SubscriptionsAsync(string deployment) =>
        await stack.Table("subscriptions").QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"deployment eq {deployment}"))
            .Select(row => row.GetString("status"))
            .ToListAsync();
}
