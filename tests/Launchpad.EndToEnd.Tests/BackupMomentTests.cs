using System.Globalization;
using System.Text.Json.Nodes;
using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>A backup is the state of one moment, although its bot goes on.</summary>
[Collection(OnOneStack.Name)]
public sealed class BackupMomentTests(OnOneStack.Fixture fixture) : OnSharedStackTests(fixture)
{
    private const int Messages = 1_000;
    private const int Before = 100;
    private const int LargeMb = 64;

    [Fact]
    public async Task A_backup_of_a_bot_that_goes_on_holds_what_was_answered_until_its_moment_and_no_later_word_without_an_earlier_one()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await Large.WriteAsync(stack, deployment, LargeMb);

        var answeredAt = new List<DateTimeOffset>();
        var told = Enumerable.Range(1, Messages).Select(n => $"message {n}\n{Guid.NewGuid():N}").ToList();
        await TellAsync(told[..Before]);
        var telling = TellAsync(told[Before..]);
        var backup = await customer.BackedUpAsync(deployment);
        var answeredMeanwhile = answeredAt.Count;
        await telling;
        var at = await AtAsync(customer, deployment, backup);
        var answeredUntil = answeredAt.Count(answered => answered <= at);
        Assert.InRange(answeredUntil, Before, answeredMeanwhile - 1);
        Assert.Equal(Messages, (await bot.AboutAsync()).Messages);

        var restored = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/restore", new { backup });
        Assert.True(restored.Status == "succeeded", $"{restored.Failure}");
        var heard = await StoredBackups.HeardAsync(stack, deployment);
        Assert.InRange(heard.Count, answeredUntil, answeredMeanwhile);
        Assert.Equal(told.Take(heard.Count), heard);
        await customer.DeletedAsync(deployment);

        async Task TellAsync(IEnumerable<string> messages)
        {
            foreach (var message in messages)
            {
                await bot.AskAsync(message);
                answeredAt.Add(DateTimeOffset.UtcNow);
            }
        }
    }

    /// <summary>The moment that it says it holds.</summary>
    private static async Task<DateTimeOffset> AtAsync(Customer customer, string deployment, string backup)
    {
        var listed = await customer.AskedAsync(HttpMethod.Get, $"deployments/{deployment}/backups");
        JsonNode found = listed["backups"]!.AsArray().Single(one => (string)one!["id"]! == backup)!;
        return DateTimeOffset.Parse((string)found["at"]!, CultureInfo.InvariantCulture);
    }
}

/// <summary>Files that do not get smaller by being packed.</summary>
internal static class Large
{
    private const string Fill = """
        set -eu
        data=/var/lib/launchpad/$1/volume/data
        mkdir -p "$data/workspace"
        head -c "$2M" /dev/urandom >"$data/workspace/large"
        chown -R --reference="$data" "$data/workspace"
        sync --file-system "$data"
        """;

    public static async Task WriteAsync(Stack stack, string deployment, int mb) => await Stack.OnMachineAsync(
        await stack.MachineOfAsync(deployment), "sh", "-c", Fill, "large", deployment, mb.ToString(CultureInfo.InvariantCulture));
}
