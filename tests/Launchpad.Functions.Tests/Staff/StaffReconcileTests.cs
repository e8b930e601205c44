using System.Net;
using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Billing;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Reconciliation;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>Differences are looked for when an operator asks, and put right one by one, each as it was told before.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffReconcileTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Everything_is_looked_at_once_however_often_that_is_asked_for()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var (status, run) = await staff.PostAsync("staff/reconcile/runs");
        Assert.Equal(HttpStatusCode.Accepted, status);
        await staff.PostAsync("staff/reconcile/runs");
        var done = await Shop.UntilAsync(
            async () =>
            {
                await api.FireAsync("RunReconcilers");
                return (await staff.GetAsync("staff/reconcile")).GetProperty("run");
            },
            seen => seen.GetProperty("doneAt").ValueKind is not JsonValueKind.Null);
        Assert.True(done.GetProperty("askedAt").GetDateTimeOffset() >= run.GetProperty("askedAt").GetDateTimeOffset());
        Assert.Equal(staff.Who.Actor, done.GetProperty("by").GetString());

        // He has a place, and nobody pays.
        Assert.Contains(await OpenAsync(staff), one => Text(one, "subject") == bot.Id && Text(one, "what") == PaidAndRunning.NotPaid);
        Assert.True(done.GetProperty("open").GetInt32() > 0);
    }

    [Fact]
    public async Task Who_pays_for_nothing_gets_his_bot_as_it_was_said_before()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var finding = await FoundAsync(bot, PaidAndRunning.NotRunning, now => now with { Subscription = "sub_1", Status = DeploymentStatus.Failed });
        Assert.Contains(await OpenAsync(staff), one => Text(one, "id") == finding && one.GetProperty("fixable").GetBoolean());

        var (status, said) = await staff.PostAsync($"staff/reconcile/findings/{finding}/fix?preview=true");
        Assert.Equal((HttpStatusCode.OK, JsonValueKind.Null), (status, said.GetProperty("operation").ValueKind));
        Assert.Null((await api.Service<DeploymentStore>().GetAsync(bot.Account, bot.Id, Ct)).LastOperation);

        (status, var done) = await staff.PostAsync($"staff/reconcile/findings/{finding}/fix");
        Assert.Equal((HttpStatusCode.Accepted, Text(said, "says")), (status, Text(done, "says")));
        var operation = await bot.Owner.GetAsync($"operations/{Text(done, "operation")}");
        Assert.Equal(("restart", staff.Who.Actor), (Text(operation, "kind"), Text(operation, "by")));
        var record = (await bot.Owner.GetAsync($"deployments/{bot.Id}/record")).GetProperty("rows").EnumerateArray();
        Assert.Contains(record, row => Text(row, "actor") == staff.Who.Actor && Text(row.GetProperty("data"), "action") == "fix");
    }

    [Fact]
    public async Task Of_who_pays_for_nothing_the_payment_provider_is_asked()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var finding = await FoundAsync(bot, PaidAndRunning.NotPaid, now => now with { Subscription = null });
        Assert.Equal(HttpStatusCode.Accepted, (await staff.PostAsync($"staff/reconcile/findings/{finding}/fix")).Status);
        var watch = await api.Service<BillingWatches>().FindAsync(bot.Account, bot.Id, Ct);
        Assert.True(watch is null || watch.DueAt <= DateTimeOffset.UtcNow.AddMinutes(5));
    }

    [Fact]
    public async Task What_is_in_order_by_now_and_what_nothing_helps_is_refused()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var settled = await FoundAsync(bot, PaidAndRunning.NotRunning, now => now with { Subscription = "sub_1" });
        await api.Service<ReconcilerFindings>().OpenAsync(MachineReconciler.Overpromised, "vm_1", null, Ct);
        foreach (var finding in new[] { settled, $"{MachineReconciler.Overpromised}-vm_1" })
        {
            var (status, problem) = await staff.PostAsync($"staff/reconcile/findings/{finding}/fix?preview=true");
            Assert.Equal((HttpStatusCode.Conflict, "urn:launchpad:problem:cannot-fix"), (status, Text(problem, "type")));
        }

        await api.Service<ReconcilerFindings>().CloseAsync(MachineReconciler.Overpromised, "vm_1", Ct);
    }

    private async Task<string> FoundAsync(RunningBot bot, string what, Func<Deployment, Deployment> change)
    {
        await api.Service<DeploymentStore>().ChangeAsync(bot.Account, bot.Id, change, Ct);
        await api.Service<ReconcilerFindings>().OpenAsync(what, bot.Id, bot.Account, Ct);
        return $"{what}-{bot.Id}";
    }

    private static async Task<List<JsonElement>> OpenAsync(StaffMember staff) =>
        [.. (await staff.GetAsync("staff/reconcile")).GetProperty("open").EnumerateArray()];

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
