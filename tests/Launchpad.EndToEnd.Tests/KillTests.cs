using Azure.Data.Tables;
using Launchpad.Local.Demo;
using Xunit.Abstractions;

namespace Launchpad.EndToEnd.Tests;

/// <summary>kill -9 of any process (the host of the functions, the app that it runs, the pocket cloud) after every turn of a saga. The
/// engine freezes the host right after the commit of the n-th history event, so what is killed is known, not guessed.
/// LAUNCHPAD_KILL_STRIDE sets how many events lie between two kills (1: every one).</summary>
public sealed class KillTests(KillTests.Fixture fixture, ITestOutputHelper output) : IClassFixture<KillTests.Fixture>, IAsyncLifetime
{
    private const int EventsMax = 400;
    private const int UsualStride = 17;
    private static readonly string? Asked = Environment.GetEnvironmentVariable("LAUNCHPAD_KILL_STRIDE");

    private readonly Stack stack = fixture.Stack;

    /// <summary>Those that a timer begins, in a whole walk only: another timer may begin another one meanwhile, and until a machine counts
    /// as lost takes minutes.</summary>
    public static TheoryData<string, string> BySweep =>
        Asked is null ? [] : new() { { "Recover", "control plane" }, { "Replace", "control plane" } };

    /// <summary>A machine that has the image, so that every round walks the same way.</summary>
    public async Task InitializeAsync()
    {
        fixture.Disarm();
        await stack.OverlookBotsAsync();
        if (await stack.MachinesAsync() is [])
        {
            using var customer = await stack.SignedUpAsync();
            var (deployment, _) = await customer.RunningAsync();
            await customer.DeletedAsync(deployment);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("Provision", "control plane")]
    [InlineData("Provision", "app")]
    [InlineData("Provision", "pocket cloud")]
    [InlineData("Terminate", "control plane")]
    [InlineData("Terminate", "app")]
    [InlineData("Terminate", "pocket cloud")]
    [InlineData("Rollout", "control plane")]
    [InlineData("Rollout that fails", "control plane")]
    [InlineData("Rollout to another plan", "control plane")]
    [InlineData("Rollout", "app")]
    [InlineData("Rollout", "pocket cloud")]
    [InlineData("Suspend", "control plane")]
    [InlineData("Restart", "control plane")]
    [MemberData(nameof(BySweep))]
    public async Task A_saga_goes_on_where_it_was(string name, string victim)
    {
        var walk = KillWalk.All[name];
        var stride = Asked is null ? walk.Stride ?? UsualStride : int.Parse(Asked, null);
        var rounds = 0;
        for (var n = 1 + (victim == "pocket cloud" ? stride / 2 : 0); n < EventsMax; n += stride)
        {
            if (!await RoundAsync(walk, victim, n))
            {
                break;
            }

            rounds++;
        }

        output.WriteLine($"{name}: {rounds} kills of the {victim}, one every {stride} events");
        await InvariantTable.SaveAsync($"✓ {name,-23} killed {victim,-13} at every {stride,2}. event: all of the above held {rounds,6} times\n");
        Assert.InRange(rounds, 1, EventsMax);
    }

    /// <summary>False when the saga ended before its n-th event: every point was passed.</summary>
    private async Task<bool> RoundAsync(KillWalk walk, string victim, int n)
    {
        using var customer = await stack.SignedUpAsync();
        if (!walk.ComesBySweep)
        {
            fixture.Arm(walk.Saga, n);
        }

        var deployment = await customer.BuyAsync();
        string? provision = null;
        if (walk.ComesBySweep)
        {
            // Armed only when all is quiet: what an earlier round left to be swept would stop the control plane before its time.
            provision = await RunsAsync();
            await stack.SettledAsync();
            fixture.Arm(walk.Saga, n);
        }

        var pid = await stack.ControlPlanePidAsync();
        var beginning = walk.Begin is null ? null : BeginAsync();
        var frozen = await Stack.FreezesAsync(pid, () => IsOverAsync(walk, deployment, provision), Stack.Within(3));
        if (frozen)
        {
            await KillAsync(victim, pid);
        }

        if (beginning is not null)
        {
            await beginning.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await AssertEndAsync(walk, customer, deployment, provision, $"{walk.Saga}:{n}, {victim}");
        return frozen;

        async Task BeginAsync()
        {
            provision ??= await RunsAsync();
            await walk.Begin!(stack, customer, deployment);
        }

        async Task<string> RunsAsync()
        {
            var begun = await customer.BegunAsync(deployment, Stack.Within(1));
            await customer.FinishedAsync(begun, null, Stack.Within(3));
            return begun;
        }
    }

    private async Task KillAsync(string victim, int pid)
    {
        if (victim == "control plane")
        {
            await Stack.SignalAsync(pid, "KILL");
            return;
        }

        if (victim == "app")
        {
            // Its host goes on, and starts the next one.
            await Stack.SignalAsync(await Stack.ChildOfAsync(pid), "KILL");
            await Stack.SignalAsync(pid, "CONT");
            return;
        }

        // The control plane goes on against a cloud that is gone, and then against one that came back.
        await stack.KillPocketCloudAsync();
        await Stack.SignalAsync(pid, "CONT");
        await stack.UpAsync(fixture.Setting);
    }

    /// <param name="provision">The operation that came before; null while there is none, or when that is the one.</param>
    private async Task<bool> IsOverAsync(KillWalk walk, string deployment, string? provision)
    {
        var row = await stack.Table("deployments").QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {deployment}")).SingleAsync();
        if (row.GetString("operation") != "" || row.GetString("status") != walk.Status
            || (walk.Begin is not null && (provision is null || row.GetString("lastOperation") == provision)))
        {
            return false;
        }

        Assert.Contains(row.GetInt32("activeVersion")!.Value, walk.Versions);

        // A machine that is lost is cleared away once its bots are elsewhere.
        return walk.Saga != "Replace" || await stack.Table("vms").QueryAsync<TableEntity>().Where(vm => vm.RowKey != "pool").CountAsync() == 1;
    }

    private async Task AssertEndAsync(KillWalk walk, Customer customer, string deployment, string? provision, string round)
    {
        var ct = Stack.Within(5);
        while (!await EndedAsync())
        {
            await Task.Delay(100, ct);
        }

        var machines = await stack.MachinesAsync();
        Assert.True(machines.Length == 1, $"{round}: {machines.Length} machines");
        await Leftovers.AssertMachinesAgreeAsync(stack);
        var subscriptions = await SubscriptionsAsync(deployment);
        if (walk.Status == "terminated")
        {
            Assert.True((await Leftovers.OfAsync(stack, deployment)) is [], $"{round}: {string.Join(", ", await Leftovers.OfAsync(stack, deployment))}");
            Assert.DoesNotContain("active", subscriptions);
            return;
        }

        string[] expected = walk.Status == "running" ? [deployment] : [];
        var bots = await stack.BotsAsync();
        Assert.True(bots.SequenceEqual(expected), $"{round}: {string.Join(", ", bots)}");
        Assert.True(subscriptions.SequenceEqual(["active"]), $"{round}: {string.Join(", ", subscriptions)}");
        if (bots is not [])
        {
            var granted = await Granted.OfAsync(stack, deployment);
            Assert.True(granted == Granted.Starter || granted == Granted.Plus, $"{round}: {granted}");
        }

        await customer.DeletedAsync(deployment);

        async Task<bool> EndedAsync()
        {
            try
            {
                // The last events follow what can be seen of the end: the kill may have come after it, and the start still be going on.
                return await IsOverAsync(walk, deployment, provision) && await stack.AnswersAsync(ct);
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

    /// <summary>One stack for all walks, whose engine is told by a file where to stop.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly string armed = Path.Combine(Path.GetTempPath(), $"launchpad-stop-{Guid.NewGuid():N}");

        public Stack Stack { get; } = new(slot: 6, image: "tiny");

        public string Setting => $"Durable__StopAfterEvent=@{armed}";

        public void Arm(string saga, int events)
        {
            File.WriteAllText(armed + ".new", $"{saga}:{events}");
            File.Move(armed + ".new", armed, overwrite: true);
        }

        /// <summary>What was not reached does not wait for the next walk.</summary>
        public void Disarm() => Arm("nothing", 0);

        public Task InitializeAsync() => Stack.UpAsync(Setting);

        public async Task DisposeAsync()
        {
            await Stack.DisposeAsync();
            File.Delete(armed);
        }
    }
}
