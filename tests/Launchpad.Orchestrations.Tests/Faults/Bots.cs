using System.Collections.Concurrent;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;
using Microsoft.DurableTask.Client;
using Xunit.Sdk;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>The customer's one bot, as it is before something is done with it. Each way to get there is gone once and its picture kept.</summary>
internal sealed class Bots(World world, Product product)
{
    public const string Account = "acc_01K0000000000000000000000A";
    public const string Deployment = "dep_01K0000000000000000000000D";
    public const string Slug = "ada-0000000d";
    private const string Other = "dep_01K0000000000000000000000E";
    private const string OthersBackup = "bak_01K0000000000000000000000B";

    /// <summary>The end of every machine's kept name.</summary>
    public static readonly string Broken = SignedRegistry.DigestOf("broken");

    private readonly ConcurrentDictionary<string, Lazy<Task<Picture>>> known = [];
    private Picture? nothing;

    /// <summary>Ordered and paid for, and nothing else.</summary>
    public Task<Picture> OrderedAsync(string plan) => OnceAsync($"{plan}, ordered", null, async () =>
    {
        var deployment = new Deployment
        {
            Account = Account,
            Id = Deployment,
            Name = "Ada",
            Slug = Slug,
            Plan = plan,
            Settings = new(null, null, Telegram: true),
            CreatedAt = world.Clock.GetUtcNow(),
        };
        var subscription = await BuyAsync(Plan.Get(plan));
        await product.Get<BotSecrets>().PutAsync(Deployment, BotSecretNames.TelegramToken, "123456:typed", default);
        await product.Get<DeploymentStore>().AddAsync(deployment with { Subscription = subscription }, default);
        await product.Get<SubscriptionStore>().SaveAsync(
            new(Account, subscription, Deployment, plan, "active", world.Clock.GetUtcNow().AddMinutes(-1)), default);
    });

    public async Task<Picture> RunningAsync(string plan) => await OnceAsync(
        $"{plan}, running", await OrderedAsync(plan), () => DoAsync(OperationKind.Provision));

    /// <summary>In its second version, with the data that the first one left behind.</summary>
    public async Task<Picture> UpgradedAsync() => await OnceAsync(
        "upgraded", await RunningAsync("starter"), () => DoAsync(OperationKind.Upgrade, Change(tag: "1.0.1")));

    public async Task<Picture> SuspendedAsync() => await OnceAsync(
        "suspended", await RunningAsync("starter"), () => DoAsync(OperationKind.Suspend));

    /// <summary>Stopped for want of payment, and paid since.</summary>
    public async Task<Picture> PaidAgainAsync() => await OnceAsync("paid again", await SuspendedAsync(), () =>
        product.Get<DeploymentStore>().ChangeAsync(
            Account, Deployment,
            now => now with { Ladder = Over(world.Clock.GetUtcNow()) }, default));

    private static Ladder Over(DateTimeOffset now) =>
        Ladder.Begin(LadderCause.Ended, new(), now) with { Resumes = true, IsOver = true };

    /// <summary>Somebody took its container away, and its machine tells of it.</summary>
    public async Task<Picture> DownAsync(int restarts, bool upgraded = false) => await OnceAsync(
        $"down, {restarts}, {upgraded}", await (upgraded ? UpgradedAsync() : RunningAsync("starter")), async () =>
    {
        var vm = (await product.DeploymentAsync()).Vm!;
        world.Machines.Change(VmGateway.ResourceName(vm), Deployment, there => there with { Image = null, Spec = null });
        for (var restart = 0; restart < restarts; restart++)
        {
            await product.Get<ConditionStore>().ChangeAsync(
                Account, Deployment,
                now => now.Seen(new(VerdictKind.Down), "down", world.Clock.GetUtcNow()).Restarted($"op_{restart}", world.Clock.GetUtcNow()), default);
        }
    });

    public async Task<Picture> BackedUpAsync() => await OnceAsync(
        "backed up", await RunningAsync("starter"), () => DoAsync(OperationKind.Backup));

    /// <summary>Ordered, paid for, and to begin with what another one knew.</summary>
    public async Task<Picture> ClonedAsync() => await OnceAsync("cloned", await OrderedAsync("starter"), async () =>
    {
        var keeper = product.Get<BackupKeeper>();
        var request = await keeper.RequestAsync(Other, OthersBackup, default);
        var (made, _) = Archive.Store(request, new(["one"]), world.Clock.GetUtcNow());
        await keeper.RecordAsync(
            new(OthersBackup, Account, Other, BackupReason.Asked, "op", made.Backup, 1, "image", 10_240, 0, made, ""), default);
        await product.Get<DeploymentStore>().ChangeAsync(
            Account, Deployment, now => now with { Origin = new(Other, OthersBackup) }, default);
    });

    /// <summary>Its machine has not been there for longer than a minute.</summary>
    public async Task<Picture> LostAsync(bool backedUp = false) => await OnceAsync(
        $"lost, {backedUp}", await (backedUp ? BackedUpAsync() : RunningAsync("starter")), LoseAsync);

    /// <summary>It was stopped when its machine was lost, and that is known.</summary>
    public async Task<Picture> SuspendedLostAsync() => await OnceAsync("suspended, lost", await SuspendedAsync(), async () =>
    {
        var vm = (await product.DeploymentAsync()).Vm!;
        await LoseAsync();
        await product.EndAsync(await product.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Recover), new RecoverInput(Tier.Shared, vm, [])));
    });

    public async Task LoseAsync()
    {
        var vm = (await product.DeploymentAsync()).Vm!;
        var name = VmGateway.ResourceName(vm);
        world.Cloud.Update(state => state with { Machines = state.Machines.Remove(name) });
        await world.Machines.StopAsync(name, default);
        await product.Get<HeartbeatStore>().MissAsync(vm, world.Clock.GetUtcNow(), default);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
    }

    /// <summary>Has an operation end well.</summary>
    public async Task DoAsync(OperationKind kind, string? typed = null)
    {
        var id = await product.BeginAsync(kind, typed);
        await product.EndAsync(id);
        var ended = (await product.Get<OperationStore>().FindAsync(Account, id, default))!;
        Assert.True(
            ended.Status is OperationStatus.Succeeded, $"{kind}: {ended.Failure?.Step} {ended.Failure?.Code} {ended.Failure?.Message}");
    }

    public static string Change(
        string? tag = null, string? plan = null, int? version = null, DataChoice data = DataChoice.AsNow, string? backup = null) =>
        new ChangeRequest(null, tag, version, data, "because", Plan: plan, Backup: backup).ToJson();

    /// <summary>What a machine tells by itself, on which nothing runs.</summary>
    public static Task BeatAsync(Product product, string vm)
    {
        var now = product.Get<TimeProvider>().GetUtcNow();
        return product.Get<HeartbeatStore>().TryPutAsync(
            vm, now.ToUnixTimeMilliseconds(), now,
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new VmReport(now, 10, 5, []), VmJson.Default.VmReport), default);
    }

    private async Task<string> BuyAsync(Plan plan)
    {
        var link = (await product.Get<Checkouts>().OpenAsync(
            new(Account, Deployment, "ada@example.com", PlanPrice.Of(plan), "https://a.example/", "https://a.example/"), default))!;
        using var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["email"] = "ada@example.com",
            ["cardNumber"] = "4242 4242 4242 4242",
            ["cardExpiry"] = "12 / 34",
            ["cardCvc"] = "123",
            ["billingName"] = "Ada",
        });
        using var paid = await browser.PostAsync(new Uri(world.StripeAddress, $"/c/pay/{link.SessionId}"), form);
        Assert.Equal(System.Net.HttpStatusCode.SeeOther, paid.StatusCode);
        return Assert.Single((await Picture.OfAsync(world)).Subscriptions()).Id;
    }

    /// <summary>What could not be brought about is tried anew by whoever asks next.</summary>
    private async Task<Picture> OnceAsync(string name, Picture? from, Func<Task> go)
    {
        try
        {
            return await known.GetOrAdd(name, _ => new(() => MakeAsync(from, go))).Value;
        }
        catch
        {
            known.TryRemove(name, out _);
            throw;
        }
    }

    private async Task<Picture> MakeAsync(Picture? from, Func<Task> go)
    {
        if (from is null)
        {
            nothing ??= await Picture.OfAsync(world);
            from = nothing;
        }

        await from.RestoreAsync(world);
        await product.ForgetAsync();
        await go();
        await product.SettleAsync();
        return await Picture.OfAsync(world);
    }
}
