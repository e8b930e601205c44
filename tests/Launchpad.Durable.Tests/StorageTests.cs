using System.Text;
using DurableTask.Core;
using DurableTask.Core.History;
using Launchpad.Durable.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Durable.Tests;

public sealed class StorageTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("durable-store-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void The_connection_that_writes_has_the_settings_that_every_promise_rests_on()
    {
        using var store = Store.Open(directory, Assert.Null, NullLogger.Instance);
        var settings = new[] { "synchronous", "auto_vacuum", "wal_autocheckpoint", "page_size", "user_version", "mmap_size" }
            .ToDictionary(name => name, name => store.Connection.Scalar($"PRAGMA {name}"));

        Assert.Equal("wal", store.Connection.Text("PRAGMA journal_mode"));
        Assert.Equal(2, settings["synchronous"]);
        Assert.Equal(2, settings["auto_vacuum"]);
        Assert.Equal(0, settings["wal_autocheckpoint"]);
        Assert.Equal(4096, settings["page_size"]);
        Assert.Equal(0, settings["mmap_size"]);
        Assert.Equal(Schema.Version, settings["user_version"]);
    }

    [Fact]
    public async Task The_log_is_moved_into_the_database_while_the_store_is_used_and_does_not_grow_without_end()
    {
        await using var hub = await TestHub.StartAsync(
            worker => worker.Orchestrator("Echo", flow => Task.FromResult<object?>(flow.Input<string>())));
        var text = new string('x', 30_000);
        for (var i = 0; i < 50; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => hub.RunAsync("Echo", text)));
        }

        Assert.InRange(new FileInfo(Store.Database(hub.Directory)).Length, 40_000_000, long.MaxValue);
        Assert.InRange(new FileInfo($"{Store.Database(hub.Directory)}-wal").Length, 0, 70_000_000);
    }

    [Theory]
    [InlineData(Schema.Version + 1, "leaves it untouched")]
    [InlineData(Schema.Version - 1, "It is left untouched")]
    public async Task A_store_of_another_engine_is_refused_and_left_as_it_is(int version, string words)
    {
        var image = await ImageAsync();
        using (var other = new Connection(Store.Database(image)))
        {
            other.Execute($"PRAGMA user_version = {version}");
        }

        var before = Contents(image);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => OpenAsync(image));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, Contents(image));
    }

    [Theory]
    [InlineData("durable.db", "delete", "durable.db is missing or empty")]
    [InlineData("durable.db", "empty", "durable.db is missing or empty")]
    [InlineData("durable.db", "halve", "is damaged")]
    [InlineData("durable.db", "garble", null)]
    [InlineData("durable.db-wal", "delete", "durable.db-wal")]
    [InlineData("durable.db-wal", "empty", "durable.db-wal")]
    [InlineData("durable.db-wal", "halve", "durable.db-wal")]
    [InlineData("durable.db-wal", "garble", "durable.db-wal")]
    [InlineData("durable.db-shm", "delete", null)]
    [InlineData("durable.db-shm", "garble", null)]
    [InlineData("mark", "delete", null)]
    [InlineData("mark", "empty", null)]
    [InlineData("mark", "garble", null)]
    [InlineData("lock", "delete", null)]
    [InlineData("owner", "delete", null)]
    public async Task Whichever_file_is_lost_or_damaged_the_store_says_so_or_has_lost_nothing(string file, string harm, string? diagnosis)
    {
        var image = await ImageAsync();
        Harm(Path.Combine(image, file), harm);
        var before = Contents(image);
        if (diagnosis is not null)
        {
            // Said again at the next start: nothing was repaired away.
            for (var starts = 0; starts < 2; starts++)
            {
                var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync(image));
                Assert.Contains(diagnosis, refusal.Message, StringComparison.Ordinal);
                Assert.Contains("backup", refusal.Message, StringComparison.Ordinal);
            }

            if (!File.Exists(Path.Combine(image, "durable.db")))
            {
                Assert.Equal(before, Contents(image));
            }

            return;
        }

        await using var hub = await OpenAsync(image);
        Assert.NotNull(await hub.Client.GetOrchestrationStateAsync("late"));
        await AssertTalkGoesOnAsync(hub, "talk");
    }

    [Fact]
    public async Task A_bit_that_flips_in_a_history_fails_that_instance_in_words_tells_its_parent_and_harms_no_other()
    {
        await using (var first = await OpenAsync(directory, WithParent))
        {
            await first.BeginAsync("Conversation", "x", "talk");
            await first.BeginAsync("Parent", "x", "parent");
            await first.UntilAsync("hurt", state => state.OrchestrationStatus is OrchestrationStatus.Running);
            foreach (var id in new[] { "talk", "hurt" })
            {
                var word = id == "talk" ? "one" : "a word to be found in the file";
                await first.Client.RaiseEventAsync(new() { InstanceId = id }, "said", word);
                await first.UntilAsync(id, _ => first.Service.History(id).OfType<EventRaisedEvent>().Any());
            }
        }

        var bytes = await File.ReadAllBytesAsync(Store.Database(directory));
        bytes[bytes.AsSpan().LastIndexOf("a word to be found"u8)] ^= 1;
        await File.WriteAllBytesAsync(Store.Database(directory), bytes);

        await using var hub = await OpenAsync(directory, WithParent);
        await hub.Client.RaiseEventAsync(new() { InstanceId = "hurt" }, "said", "two");
        var hurt = await hub.EndAsync("hurt");
        Assert.Equal(OrchestrationStatus.Failed, hurt.OrchestrationStatus);
        Assert.Contains("is damaged at turn", hurt.Output, StringComparison.Ordinal);
        Assert.Contains("is damaged at turn", (await hub.EndAsync("parent")).Output, StringComparison.Ordinal);
        await AssertTalkGoesOnAsync(hub, "talk");

        static void WithParent(TaskHubWorker worker) => worker.Orchestrator(
            "Parent", async flow => await flow.Context.CreateSubOrchestrationInstance<string>("Conversation", "", "hurt", ""));
    }

    [Fact]
    public async Task A_bit_that_flips_in_an_activity_that_waits_fails_its_instance_and_nobody_waits_for_ever()
    {
        var never = new TaskCompletionSource<object?>();
        await using (var first = await OpenAsync(directory, Slow))
        {
            await first.BeginAsync("Slow", "x", "hurt");
            await first.UntilAsync("hurt", _ => first.Service.History("hurt").OfType<TaskScheduledEvent>().Any());
        }

        using (var database = new Connection(Store.Database(directory)))
        {
            database.Execute("UPDATE tasks SET message = CAST(replace(message, x'776f7264', x'574f5244') AS BLOB)");
            Assert.Equal(1, database.Changes);
        }

        await using var hub = await OpenAsync(directory, Slow);
        Assert.Equal(OrchestrationStatus.Failed, (await hub.EndAsync("hurt")).OrchestrationStatus);

        void Slow(TaskHubWorker worker) => worker
            .Activity("Never", _ => never.Task)
            .Orchestrator("Slow", flow => flow.Call<object?>("Never", "word"));
    }

    [Fact]
    public async Task An_older_copy_of_the_database_in_its_place_is_refused()
    {
        var image = await ImageAsync();
        var older = Path.Combine(directory, "older.db");
        await using (await OpenAsync(image))
        {
        }

        File.Copy(Store.Database(image), older);
        await using (var hub = await OpenAsync(image))
        {
            await AssertTalkGoesOnAsync(hub, "talk");
        }

        File.Copy(older, Store.Database(image), overwrite: true);
        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync(image));
        Assert.Contains("an older copy was put in its place", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<TestHub> OpenAsync(string home, Action<TaskHubWorker>? more = null) => TestHub.StartAsync(
        worker =>
        {
            Sagas.Register(worker, home);
            more?.Invoke(worker);
        },
        TestHub.NewOptions(home));

    /// <summary>A directory as kill -9 leaves it: many have ended, some wait, and the last commits are in the log only.</summary>
    private async Task<string> ImageAsync()
    {
        var (source, image) = (Path.Combine(directory, "source"), Path.Combine(directory, "image"));
        await using (var first = await OpenAsync(source))
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => first.BeginAsync("Conversation", new string('x', 500))));
            await first.BeginAsync("Conversation", "x", "talk");
            await first.UntilAsync("talk", state => state.OrchestrationStatus is OrchestrationStatus.Running);
        }

        await using var hub = await OpenAsync(source);
        await hub.BeginAsync("Conversation", "x", "late");
        await hub.Client.RaiseEventAsync(new() { InstanceId = "talk" }, "said", "one");
        await hub.UntilAsync("talk", _ => hub.Service.History("talk").OfType<EventRaisedEvent>().Any());
        Directory.CreateDirectory(image);
        foreach (var file in Directory.EnumerateFiles(source).Where(file => Path.GetFileName(file) is not ("lock" or "effects")))
        {
            File.Copy(file, Path.Combine(image, Path.GetFileName(file)));
        }

        await File.WriteAllTextAsync(Path.Combine(image, "lock"), "");
        return image;
    }

    /// <summary>The first word was said before.</summary>
    private static async Task AssertTalkGoesOnAsync(TestHub hub, string id)
    {
        await hub.Client.RaiseEventAsync(new() { InstanceId = id }, "said", "two");
        Assert.Equal(Sagas.Outputs["Conversation"], (await hub.EndAsync(id)).Output);
    }

    private static void Harm(string path, string harm)
    {
        if (harm == "delete")
        {
            File.Delete(path);
            return;
        }

        using var file = new FileStream(path, FileMode.Open);
        switch (harm)
        {
            case "empty":
                file.SetLength(0);
                break;
            case "halve":
                file.SetLength(file.Length / 2);
                break;
            default:
                file.Write(Encoding.ASCII.GetBytes(new string('?', 100)));
                break;
        }
    }

    private static Dictionary<string, string> Contents(string folder) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetFileName(file) is not ("lock" or "owner" or "durable.db-shm"))
        .ToDictionary(file => Path.GetRelativePath(folder, file), Sha256);

    private static string Sha256(string file) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));
}
