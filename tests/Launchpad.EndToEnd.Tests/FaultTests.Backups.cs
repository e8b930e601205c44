using Launchpad.Local.Demo;
using Launchpad.Processes;

namespace Launchpad.EndToEnd.Tests;

/// <summary>What goes into the store and what comes back, under the same faults. Each begins with a bot that has a backup: the key that
/// opens it is made once. What machines say to the store are calls of <c>blobs</c>.</summary>
public sealed partial class FaultTests
{
    // What they share with a rollout meets its faults there.
    private static readonly string[] OfBackups = ["blobs", "keyvault"];

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task A_fault_in_any_call_of_Backup_ends_in_a_whole_backup_or_in_none()
    {
        using var bot = await BackedUp.OnAsync(stack);
        var calls = await CallsOfAsync("starter", () => bot.DoAsync("backups"));
        await WalkAsync("Backup", Unpaid(calls), async (call, kind) =>
        {
            var known = await bot.Customer.IdsAsync(bot.Deployment);
            return await BackUpsAsync(bot, call, kind, "backups", async cell =>
            {
                var made = (await bot.Customer.IdsAsync(bot.Deployment)).Except(known).Count();
                cell.NoOrphan(made == (cell.Ending == "succeeded" ? 1 : 0) ? await LeftAsync(bot) : [$"{made} backups more"]);
            });
        }, from: 1);
        await bot.RemoveAsync();
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task A_fault_in_any_call_of_Restore_ends_in_the_data_of_the_backup_or_in_those_of_before()
    {
        using var bot = await BackedUp.OnAsync(stack);
        await bot.TellAsync("forgotten by a restore");
        var calls = await CallsOfAsync("starter", () => bot.DoAsync("restore"));
        await WalkAsync("Restore", Narrowed(calls), async (call, kind) =>
        {
            await bot.TellAsync("forgotten by a restore");
            return await BackUpsAsync(bot, call, kind, "restore", async cell => cell.NoOrphan(await LeftAsync(bot)));
        });
        await bot.RemoveAsync();
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task A_fault_in_any_call_of_Drill_leaves_the_bot_as_it_was_and_no_backup_in_doubt()
    {
        using var bot = await BackedUp.OnAsync(stack);
        var calls = await CallsOfAsync("starter", () => bot.DoAsync("drills"));
        await WalkAsync("Drill", Narrowed(calls), async (call, kind) => await BackUpsAsync(bot, call, kind, "drills", async cell =>
        {
            var refuted = (await bot.Customer.AskedAsync(HttpMethod.Get, $"deployments/{bot.Deployment}/drills"))["drills"]!.AsArray()
                .Count(drill => !(bool)drill!["certificate"]!["ok"]!);
            cell.NoOrphan(refuted == 0 ? await LeftAsync(bot) : [$"{refuted} certificates against a backup that is good"]);
        }));
        await bot.RemoveAsync();
    }

    private static IReadOnlyList<Call> Narrowed(IReadOnlyList<Call> calls) =>
        Asked is not null ? Unpaid(calls) : [.. calls.Where(call => OfBackups.Contains(call.Service))];

    private async Task<Cell> BackUpsAsync(BackedUp bot, Call call, string kind, string path, Func<Cell, Task> check)
    {
        var before = await bot.Customer.DeploymentAsync(bot.Deployment, Stack.Within(1));
        var heard = await StoredBackups.HeardAsync(stack, bot.Deployment);
        await StoredBackups.ForgetArchivesAsync(stack, bot.Deployment);
        string? begun = null;
        var cell = await StrikeAsync(call, kind, () => EndAsync(bot.Customer, async ct => begun ??= await bot.BeginAsync(path, ct)));
        var isOther = path == "restore" && cell.Ending == "succeeded";
        await cell.OneContainerAsync(stack, bot.Deployment);
        await cell.KnownVersionAsync(stack, bot.Customer, bot.Deployment, isOther ? null : before.ActiveVersion);
        await cell.WholeBackupsAsync(stack, bot.Deployment);
        await cell.KnowsAsync(stack, bot.Deployment, isOther ? bot.Heard : heard);
        await check(cell);
        return cell;
    }

    private Task<IReadOnlyList<string>> LeftAsync(BackedUp bot) => StoredBackups.LeftAsync(stack, bot.Deployment);
}

/// <summary>A bot with one backup that it is brought back to.</summary>
internal sealed class BackedUp(Stack stack, Customer customer, string deployment, string backup, IReadOnlyList<string> heard) : IDisposable
{
    public Customer Customer => customer;

    public string Deployment => deployment;

    /// <summary>What the bot had been told when it was backed up.</summary>
    public IReadOnlyList<string> Heard => heard;

    /// <param name="largeMb">Of files beside what it was told.</param>
    public static async Task<BackedUp> OnAsync(Stack stack, int largeMb = 0)
    {
        var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync("one");
        await bot.AskAsync("two");
        if (largeMb > 0)
        {
            await Large.WriteAsync(stack, deployment, largeMb);
        }

        return new(stack, customer, deployment, await customer.BackedUpAsync(deployment), ["one", "two"]);
    }

    /// <summary>A restore goes back to the one backup that the bot began with, whatever was made since.</summary>
    /// <param name="path">`backups`, `restore` or `drills`.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>The id of the operation.</returns>
    public async Task<string> BeginAsync(string path, CancellationToken ct) => (await customer.StartAsync(
        HttpMethod.Post, $"deployments/{deployment}/{path}", path == "restore" ? new { backup } : null, ct))!;

    public async Task DoAsync(string path)
    {
        await StoredBackups.ForgetArchivesAsync(stack, deployment);
        var done = await customer.FinishedAsync(await BeginAsync(path, Stack.Within(1)), null, Stack.Within(5));
        Assert.True(done.Status == "succeeded", $"{done.Failure}");
    }

    public async Task TellAsync(string message)
    {
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync(message);
    }

    public async Task RemoveAsync()
    {
        await customer.DeletedAsync(deployment);
        Assert.Empty(await Leftovers.OfAsync(stack, deployment));
    }

    public void Dispose() => customer.Dispose();
}
