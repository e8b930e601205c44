using Azure.Data.Tables;
using Launchpad.Local.Demo;
using Launchpad.Processes;
using Xunit.Abstractions;

namespace Launchpad.EndToEnd.Tests;

/// <summary>kill -9 of any process (the host of the functions, the app that it runs, the pocket cloud), or of the machine, while a saga goes on. The engine
/// freezes the host right after the commit of the n-th history event, so what is killed is known, not guessed. That a saga goes on from any
/// of its events, and an activity that was interrupted runs again, is found out in seconds by the suites of the engine, the host and the
/// orchestrations; here each process dies in some of the phases of the sagas that change most. LAUNCHPAD_KILL_STRIDE kills every process along the
/// whole saga instead, so many events apart (1: after every one).</summary>
public sealed class KillTests(KillTests.Fixture fixture, ITestOutputHelper output) : IClassFixture<KillTests.Fixture>, IAsyncLifetime
{
    private const int EventsMax = 400;
    private const string Machine = "machine";
    private static readonly int? Stride = Environment.GetEnvironmentVariable("LAUNCHPAD_KILL_STRIDE") is { } asked ? int.Parse(asked, null) : null;

    private readonly Stack stack = fixture.Stack;

    /// <summary>After which events of which saga which process is killed. Of every four events, one is an activity that is to begin.
    /// What only takes longer is in a whole walk alone, and so are the sagas that a timer begins: another timer may begin another one
    /// meanwhile, and until a machine counts as lost takes minutes.</summary>
    public static TheoryData<string, string, int[]> Walks
    {
        get
        {
            var walks = new TheoryData<string, string, int[]>
            {
                { "Provision", "control plane", [35] },
                { "Terminate", "app", [11] },
                { "Rollout", "app", [23] },
                { "Restore", "control plane", [43] },
            };
            if (Extent.IsAll || Stride is not null)
            {
                walks.Add("Provision", "pocket cloud", [27]);
                walks.Add("Rollout", "control plane", [51]);
                walks.Add("Rollout that fails", "control plane", [59]);
                walks.Add("Backup", "pocket cloud", [4]);
                walks.Add("Provision", Machine, [43]);
                walks.Add("Move", "control plane", [60]);
            }

            if (Stride is not null)
            {
                walks.Add("Provision", "app", []);
                walks.Add("Terminate", "control plane", []);
                walks.Add("Terminate", "pocket cloud", []);
                walks.Add("Suspend", "control plane", []);
                walks.Add("Restart", "control plane", []);
                walks.Add("Backup", "control plane", []);
                walks.Add("Drill", "app", []);
                walks.Add("Rollout", "pocket cloud", []);
                walks.Add("Rollout to another plan", "control plane", []);
                walks.Add("Recover", "control plane", []);
                walks.Add("Replace", "control plane", []);
                foreach (var saga in (string[])["Restart", "Rollout", "Rollout that fails", "Restore", "Backup", "Drill", "Suspend", "Terminate"])
                {
                    walks.Add(saga, Machine, []);
                }
            }

            return walks;
        }
    }

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
    [MemberData(nameof(Walks))]
    public async Task A_saga_goes_on_where_it_was(string name, string victim, int[] events)
    {
        var walk = KillWalk.All[name];
        if (victim == Machine && walk.Saga is "Rollout")
        {
            // What was only tried may be given up.
            walk = walk with { Versions = [.. walk.Versions.Union([1])] };
        }

        var rounds = 0;
        foreach (var n in Stride is { } stride ? Enumerable.Range(0, EventsMax / stride).Select(round => 1 + (round * stride)) : events)
        {
            if (!await RoundAsync(walk, victim, n))
            {
                break;
            }

            rounds++;
        }

        output.WriteLine($"{name}: {rounds} kills of the {victim}");
        await InvariantTable.SaveAsync($"✓ {name,-23} killed {victim,-13} in {rounds,3} places: all of the above held\n");
        Assert.InRange(rounds, Stride is null ? events.Length : 1, EventsMax);
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
        var frozen = await Processes.FreezesAsync(pid, () => IsOverAsync(walk, deployment, provision), Stack.Within(3));
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
            return walk.Prepare is null ? begun : await walk.Prepare(customer, deployment);
        }
    }

    private async Task KillAsync(string victim, int pid)
    {
        if (victim == "control plane")
        {
            await Processes.SignalAsync(pid, "KILL");
            return;
        }

        if (victim == "app")
        {
            // Its host goes on, and starts the next one.
            await Processes.SignalAsync(await Processes.ChildOfAsync(pid), "KILL");
            await Processes.SignalAsync(pid, "CONT");
            return;
        }

        if (victim == Machine)
        {
            // The cloud starts it again; what it had in memory is gone.
            await Task.WhenAll((await stack.MachinesAsync()).Select(machine => Stack.DockerAsync("kill", machine)));
            await Processes.SignalAsync(pid, "CONT");
            return;
        }

        // The control plane goes on against a cloud that is gone, and then against one that came back.
        await stack.KillPocketCloudAsync();
        await Processes.SignalAsync(pid, "CONT");
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

        // A machine that is lost, or to be emptied, is cleared away once its bots are elsewhere.
        return walk.Saga is not ("Replace" or "Move") || await stack.Table("vms").QueryAsync<TableEntity>().Where(vm => vm.RowKey != "pool").CountAsync() == 1;
    }

    private async Task AssertEndAsync(KillWalk walk, Customer customer, string deployment, string? provision, string round)
    {
        var ct = Stack.Within(5);
        while (!await EndedAsync())
        {
            await Task.Delay(500, ct);
        }

        // A machine that was killed late boots while its saga has ended.
        string[] machines;
        while ((machines = await stack.MachinesAsync()) is [] || !await Stack.IsUpAsync(machines[0]))
        {
            await Task.Delay(500, ct);
        }

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
            using var door = await TinyDoor.OfAsync(stack, customer, deployment);
            await door.AnswersAsync();
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
