using Launchpad.Local.Demo;
using Launchpad.Processes;

namespace Launchpad.EndToEnd.Tests;

/// <summary>What carries a backup or a restore dies while an archive is on its way: the machine's Docker daemon, the store, the pocket
/// cloud with the door that leads to it. The store is told to end and does: Azurite answers seconds before what it answered is on a disk,
/// which no store does that is one. LAUNCHPAD_KILL_STRIDE has each die at every call, instead of a few at one.</summary>
[Collection(OnOneStack.Name)]
public sealed class BackupKillTests(OnOneStack.Fixture fixture) : OnSharedStackTests(fixture)
{
    // In blocks of 8 MiB: one call creates the archive, four append to it.
    private const int LargeMb = 26;
    private const int Calls = 5;
    private const int WaitMs = 6_000;
    private static readonly bool All = Environment.GetEnvironmentVariable("LAUNCHPAD_KILL_STRIDE") is not null;

    /// <summary>Who dies at which call of a machine to the store, of which it is waiting for an answer.</summary>
    public static TheoryData<string, string, int> Deaths
    {
        get
        {
            if (!All)
            {
                var few = new TheoryData<string, string, int> { { "backups", "docker", 2 } };
                if (Extent.IsAll)
                {
                    few.Add("restore", "docker", 0);
                    few.Add("backups", "store", 2);
                    few.Add("restore", "pocket cloud", 0);
                }

                return few;
            }

            var deaths = new TheoryData<string, string, int>();
            foreach (var victim in (string[])["docker", "store", "pocket cloud"])
            {
                foreach (var call in Enumerable.Range(0, Calls))
                {
                    deaths.Add("backups", victim, call);
                }

                deaths.Add("restore", victim, 0);
            }

            return deaths;
        }
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task The_bot_has_its_data_and_every_backup_is_whole_whatever_dies_on_the_way(string path, string victim, int call)
    {
        using var bot = await BackedUp.OnAsync(stack, LargeMb);
        await bot.TellAsync("three");
        var (before, known) = (await StoredBackups.HeardAsync(stack, bot.Deployment), await bot.Customer.IdsAsync(bot.Deployment));
        await StoredBackups.ForgetArchivesAsync(stack, bot.Deployment);
        var method = path == "backups" ? "PUT" : "GET";
        await stack.SetFaultsAsync(new { service = "blobs", method, fault = "delay", delayMs = WaitMs, skip = call, count = 1 });

        var operation = await bot.BeginAsync(path, Stack.Within(1));
        await WaitsAsync();
        await KillAsync(victim, await stack.MachineOfAsync(bot.Deployment));
        var ended = await EndedAsync(bot.Customer, operation);
        Assert.True(ended.Failure is null or { Message.Length: > 0, Next.Length: > 0 }, $"{ended.Failure}");

        using var door = await TinyDoor.OfAsync(stack, bot.Customer, bot.Deployment);
        await door.AnswersAsync();
        var isOther = path == "restore" && ended.Status == "succeeded";
        Assert.Equal(isOther ? bot.Heard : before, await StoredBackups.HeardAsync(stack, bot.Deployment));
        Assert.Equal([bot.Deployment], await stack.BotsAsync());
        var isMade = path == "backups" && ended.Status == "succeeded";
        Assert.Equal(known.Count + (isMade ? 1 : 0), (await bot.Customer.IdsAsync(bot.Deployment)).Count);
        Assert.Empty(await StoredBackups.BrokenAsync(stack, bot.Deployment));
        Assert.Empty(await StoredBackups.LeftAsync(stack, bot.Deployment));

        // Nothing of it stands in the way of the next one.
        await bot.Customer.BackedUpAsync(bot.Deployment);
        await bot.RemoveAsync();
    }

    /// <summary>Until the call is there whose answer is held back.</summary>
    private async Task WaitsAsync()
    {
        for (var ct = Stack.Within(2); await stack.FaultHitsAsync() == 0;)
        {
            await Task.Delay(50, ct);
        }
    }

    private async Task KillAsync(string victim, string machine)
    {
        switch (victim)
        {
            case "docker":
                await Stack.OnMachineAsync(machine, "pkill", "-KILL", "-x", "dockerd");
                break;
            case "store":
                await Processes.SignalAsync((int)(await stack.StatusAsync())["children"]!["azurite"]!, "TERM");
                break;
            default:
                await stack.KillPocketCloudAsync();
                await stack.UpAsync();
                break;
        }
    }

    /// <summary>The API answers while its store is away, with what it has.</summary>
    private static async Task<Operation> EndedAsync(Customer customer, string operation)
    {
        for (var ct = Stack.Within(5); ; await Task.Delay(500, ct))
        {
            try
            {
                return await customer.FinishedAsync(operation, null, ct);
            }
            catch (RefusedException away) when (away.Status >= System.Net.HttpStatusCode.InternalServerError)
            {
                // It comes back.
            }
        }
    }
}
