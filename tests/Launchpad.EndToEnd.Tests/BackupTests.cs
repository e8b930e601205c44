using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Launchpad.Local.Demo;
using Launchpad.Local.Storage;

namespace Launchpad.EndToEnd.Tests;

/// <summary>What a bot knows goes into the store and comes back: on a real machine, by real programs, over real blobs.</summary>
[Collection(OnOneStack.Name)]
public sealed class BackupTests(OnOneStack.Fixture fixture) : OnSharedStackTests(fixture)
{
    [Fact]
    public async Task A_restore_brings_back_what_the_bot_knew_and_is_taken_back_by_one_call()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync("one");
        var backup = await customer.BackedUpAsync(deployment);
        Assert.Equal(new(Boots: 1, Messages: 1), await bot.AboutAsync());
        await bot.AskAsync("two");

        var plan = await customer.AskedAsync(HttpMethod.Post, $"deployments/{deployment}/restore?plan=true", new { backup });
        Assert.Contains("heard, wrote and remembered", (string)plan["loses"]![0]!, StringComparison.Ordinal);
        Assert.Equal(new(Boots: 1, Messages: 2), await bot.AboutAsync());

        var restored = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/restore", new { backup });
        Assert.True(restored.Status == "succeeded", $"{restored.Failure}");
        Assert.Equal(["fetch-backup", "candidate-answer", "switch", "hold"], restored.Names("fetch-backup", "candidate-answer", "switch", "hold"));
        Assert.Equal(new(Boots: 2, Messages: 1), await bot.AboutAsync());
        var state = await customer.DeploymentAsync(deployment, Stack.Within(1));
        Assert.Equal(("running", 2), (state.Status, state.ActiveVersion));

        var back = await customer.ChangeAsync(deployment, HttpMethod.Post, "rollback", new { data = "as-at-switch" });
        Assert.True(back.Status == "succeeded", $"{back.Failure}");
        Assert.Equal(new(Boots: 2, Messages: 2), await bot.AboutAsync());

        // The same backup once more, and of the store this time.
        await Stack.OnMachineAsync(await stack.MachineOfAsync(deployment), "rm", "-r", $"/var/lib/launchpad/{deployment}/backups");
        var again = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/restore", new { date = Today() });
        Assert.True(again.Status == "succeeded", $"{again.Failure}");
        Assert.Equal(new(Boots: 2, Messages: 1), await bot.AboutAsync());
        await customer.DeletedAsync(deployment);
        Assert.Empty(await Leftovers.OfAsync(stack, deployment));
    }

    [Fact]
    public async Task An_archive_says_nothing_to_others_and_a_damaged_one_is_refused_in_words()
    {
        var canary = $"sk-canary-{Guid.NewGuid():N}";
        using var customer = await stack.SignedUpAsync();
        using var stranger = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync(new { name = "Ada", plan = "starter", modelKey = canary });
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync(canary);
        var backup = await customer.BackedUpAsync(deployment);

        var archive = await ArchiveAsync(deployment);
        var stored = (await archive.DownloadContentAsync()).Value.Content.ToArray();
        var manifest = await stack.Backups().GetBlobClient(archive.Name + ".manifest.json").DownloadContentAsync();
        foreach (var text in new[] { canary, "messages", "openclaw.json" })
        {
            Assert.Equal(-1, stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)));
            Assert.DoesNotContain(text, manifest.Value.Content.ToString(), StringComparison.Ordinal);
        }

        var (other, _) = await stranger.RunningAsync();
        var strange = await Assert.ThrowsAsync<RefusedException>(() =>
            stranger.DoAsync(HttpMethod.Post, $"deployments/{other}/restore", new { backup }));
        Assert.Contains("is not a backup of this deployment", strange.Message, StringComparison.Ordinal);
        await stranger.DeletedAsync(other);

        await Stack.OnMachineAsync(await stack.MachineOfAsync(deployment), "rm", "-r", $"/var/lib/launchpad/{deployment}/backups");
        stored[stored.Length / 2] ^= 1;
        await ReplacedAsync(archive, stored);
        var flipped = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/restore", new { backup });
        Assert.Equal("backup-damaged", flipped.Failure?.Code);
        Assert.Contains("Choose another backup", flipped.Failure!.Next, StringComparison.Ordinal);
        await ReplacedAsync(archive, stored[..^10]);
        var cut = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/restore", new { backup });
        Assert.Equal("backup-damaged", cut.Failure?.Code);
        Assert.Equal(new(Boots: 1, Messages: 1), await bot.AboutAsync());

        var drill = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/drills");
        Assert.Equal("backup-damaged", drill.Failure?.Code);
        var pages = await stack.Table("pages").QueryAsync<TableEntity>().Where(page => page.GetString("subject") == deployment).ToListAsync();
        Assert.Equal("DrillFailed", Assert.Single(pages).GetString("kind"));
        Assert.Equal("running", (await customer.DeploymentAsync(deployment, Stack.Within(1))).Status);
        await customer.DeletedAsync(deployment);
    }

    [Fact]
    public async Task A_drill_brings_the_bot_up_beside_itself_and_anybody_can_check_what_it_found()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync("one");
        var backup = await customer.BackedUpAsync(deployment);
        var drill = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/drills");
        Assert.True(drill.Status == "succeeded", $"{drill.Failure}");
        Assert.Equal(new(Boots: 1, Messages: 1), await bot.AboutAsync());

        var listed = await customer.AskedAsync(HttpMethod.Get, $"deployments/{deployment}/drills");
        var certificate = listed["drills"]![0]!["certificate"]!;
        Assert.Equal((backup, true, 4), ((string)certificate["backup"]!, (bool)certificate["ok"]!, certificate["checks"]!.AsArray().Count));
        var signed = listed["drills"]![0]!["signed"]!.ToJsonString();
        var key = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.pem");
        await File.WriteAllTextAsync(key, await customer.Api.GetStringAsync(new Uri("certificates-key", UriKind.Relative)));
        Assert.Equal(0, await RunAsync("verify-drill", signed, "--key", key));
        Assert.Equal(1, await RunAsync("verify-drill", signed.Replace("\"sig\":\"ME", "\"sig\":\"MF", StringComparison.Ordinal), "--key", key));
        File.Delete(key);

        var proven = await customer.AskedAsync(HttpMethod.Get, $"deployments/{deployment}/backups");
        Assert.NotNull((string?)proven["backups"]![0]!["proven"]);
        await customer.DeletedAsync(deployment);
        Assert.Empty(await Leftovers.OfAsync(stack, deployment));
    }

    [Fact]
    public async Task Another_bot_begins_with_a_backup_and_its_owner_has_the_files()
    {
        using var customer = stack.NewCustomer();
        var email = $"{Guid.NewGuid():N}@example.com";
        await customer.SignUpAsync(email, Purchases.Password, Stack.Within(1));
        var (deployment, _) = await customer.RunningAsync();
        using (var bot = await TinyDoor.OfAsync(stack, customer, deployment))
        {
            await bot.AskAsync("one");
        }

        var backup = await customer.BackedUpAsync(deployment);
        using var stranger = await stack.SignedUpAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            stranger.OrderAsync(new { name = "Eve", plan = "starter", cloneOf = deployment }, Stack.Within(1)));
        Assert.Contains("is the id of a deployment of yours", refused.Message, StringComparison.Ordinal);

        var (clone, provisioned) = await customer.RunningAsync(new { name = "Grace", plan = "starter", cloneOf = deployment, backup });
        Assert.Equal(["restore-data"], provisioned.Names("restore-data"));
        using (var bot = await TinyDoor.OfAsync(stack, customer, clone))
        {
            Assert.Equal(new(Boots: 2, Messages: 1), await bot.AboutAsync());
        }

        var folder = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}");
        var answer = await customer.AskedAsync(HttpMethod.Post, $"deployments/{deployment}/backups/{backup}/download");
        Assert.Equal(0, await RunAsync("open-backup", answer.ToJsonString(), folder));
        Assert.True(File.Exists(Path.Combine(folder, "openclaw.json")), string.Join(' ', Directory.GetFiles(folder)));
        Directory.Delete(folder, recursive: true);
        answer["identity"] = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ";
        Assert.Equal(1, await RunAsync("open-backup", answer.ToJsonString(), folder));

        await customer.DeletedAsync(clone);
        await customer.DeletedAsync(deployment);
    }

    [Fact]
    public async Task The_clock_backs_up_what_is_due_and_removes_what_a_deleted_bot_left()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        await DueAsync(deployment);
        await stack.FireAsync("BackUpNightly");
        for (var ct = Stack.Within(1); await ReasonsAsync(customer, deployment) is []; await Task.Delay(200, ct))
        {
        }

        Assert.Equal(["nightly"], await ReasonsAsync(customer, deployment));
        await stack.FireAsync("BackUpNightly");
        await customer.IsIdleAsync(deployment);
        Assert.Equal(["nightly"], await ReasonsAsync(customer, deployment));

        await customer.DeletedAsync(deployment);
        await stack.FireAsync("BackUpNightly");
        for (var ct = Stack.Within(1); await BlobsAsync(deployment) > 0; await Task.Delay(200, ct))
        {
        }
    }

    private static string Today() => DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<AppendBlobClient> ArchiveAsync(string deployment)
    {
        var blobs = await stack.Backups().GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{deployment}/", default)
            .Where(blob => !blob.Name.EndsWith(".json", StringComparison.Ordinal)).ToListAsync();
        return stack.Backups().GetAppendBlobClient(Assert.Single(blobs).Name);
    }

    private async Task<int> BlobsAsync(string deployment) => await stack.Backups().GetBlobsAsync(
        BlobTraits.None, BlobStates.None, $"{deployment}/", default).CountAsync();

    private static async Task ReplacedAsync(AppendBlobClient archive, byte[] content)
    {
        await archive.DeleteAsync();
        await archive.CreateAsync();
        await archive.AppendBlockAsync(new MemoryStream(content));
    }

    private static async Task<IReadOnlyList<string>> ReasonsAsync(Customer customer, string deployment) =>
    [
        .. (await customer.AskedAsync(HttpMethod.Get, $"deployments/{deployment}/backups"))["backups"]!.AsArray()
            .Select(backup => (string)backup!["reason"]!),
    ];

    /// <summary>Its time of the night has come.</summary>
    private async Task DueAsync(string deployment)
    {
        var clocks = stack.Table("backupclocks");
        var clock = await clocks.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {deployment}")).SingleAsync();
        var due = DateTimeOffset.UtcNow.AddMinutes(-1);
        clock["dueAt"] = due;
        await clocks.UpdateEntityAsync(clock, clock.ETag);
        await stack.Table("sweeps").DeleteEntityAsync("backups-due", "quiet");
        await stack.Table("index").AddEntityAsync(
            new TableEntity($"backups-backup-{clock.PartitionKey}", $"{due.UtcTicks:D19}-{deployment}") { ["deployment"] = deployment });
    }

    /// <summary>What a customer runs.</summary>
    private static async Task<int> RunAsync(string tool, string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Launchpad.Processes.Repository.File("tools", tool), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}

/// <summary>What tests of backups do first.</summary>
public static class BackingUp
{
    public static BlobContainerClient Backups(this Stack stack) =>
        new(StorageService.ConnectionString(stack.Ports), "backups");

    public static async Task<JsonNode> AskedAsync(this Customer customer, HttpMethod method, string path, object? body = null)
    {
        using var answer = await customer.SendAsync(method, path, body, Stack.Within(1));
        return JsonNode.Parse(answer.RootElement.GetRawText())!;
    }

    /// <summary>The id of the backup.</summary>
    public static async Task<string> BackedUpAsync(this Customer customer, string deployment)
    {
        var made = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/backups");
        Assert.True(made.Status == "succeeded", $"{made.Failure}");
        return made.Result!;
    }

    /// <summary>Waits until nobody works on it.</summary>
    public static async Task IsIdleAsync(this Customer customer, string deployment)
    {
        for (var ct = Stack.Within(1); (await customer.DeploymentAsync(deployment, ct)).Operation is not null; await Task.Delay(200, ct))
        {
        }
    }
}
