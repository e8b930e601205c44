using System.Text;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
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
    public async Task The_log_is_moved_into_the_database_while_the_engine_runs_and_does_not_grow_without_end()
    {
        await using var engine = await EchoAsync();
        var text = new string('x', 60_000);
        for (var i = 0; i < 50; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => engine.RunAsync("Echo", text)));
        }

        Assert.InRange(new FileInfo(Store.Database(engine.Directory)).Length, 40_000_000, long.MaxValue);
        Assert.InRange(new FileInfo($"{Store.Database(engine.Directory)}-wal").Length, 0, 70_000_000);
    }

    [Fact]
    public async Task A_store_of_the_first_schema_is_brought_up_to_date_and_its_instances_go_on()
    {
        using (var old = new Connection(Store.Database(directory)))
        {
            old.Execute(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Stores", "schema-1.sql")));
            Assert.Equal(1, old.Scalar("PRAGMA user_version"));
        }

        await using (var engine = await SagasAsync())
        {
            var journeys = 0;
            await foreach (var found in engine.Client.GetAllInstancesAsync())
            {
                var state = await engine.Client.WaitForInstanceCompletionAsync(found.InstanceId, getInputsAndOutputs: true);
                Assert.Equal(state.Name == "Leg" ? "\"b\"" : Sagas.Outputs["Journey"], state.SerializedOutput);
                journeys += state.Name == "Journey" ? 1 : 0;
            }

            Assert.Equal(10, journeys);
        }

        Assert.Empty(Integrity.ProblemsOf(directory));
        using var store = Store.Open(directory, Assert.Null, NullLogger.Instance);
        Assert.Equal(2, store.Connection.Scalar("PRAGMA auto_vacuum"));
        Assert.Equal(Schema.Version, store.Connection.Scalar("PRAGMA user_version"));
    }

    [Fact]
    public async Task A_store_of_a_newer_engine_is_refused_and_left_as_it_is()
    {
        var image = await ImageAsync();
        using (var newer = new Connection(Store.Database(image)))
        {
            newer.Execute($"PRAGMA user_version = {Schema.Version + 1}");
        }

        var before = Contents(image);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => SagasAsync(image));
        Assert.Contains($"this engine knows {Schema.Version} and leaves it untouched", refusal.Message, StringComparison.Ordinal);
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
    public async Task Whichever_file_is_lost_or_damaged_the_engine_says_so_or_has_lost_nothing(string file, string harm, string? diagnosis)
    {
        var image = await ImageAsync();
        Harm(Path.Combine(image, file), harm);
        var before = Contents(image);
        if (diagnosis is not null)
        {
            // Said again at the next start: nothing was repaired away.
            for (var starts = 0; starts < 2; starts++)
            {
                var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => SagasAsync(image));
                Assert.Contains(diagnosis, refusal.Message, StringComparison.Ordinal);
                Assert.Contains("backup", refusal.Message, StringComparison.Ordinal);
            }

            if (!File.Exists(Path.Combine(image, "durable.db")))
            {
                Assert.Equal(before, Contents(image));
            }

            return;
        }

        await using var engine = await SagasAsync(image);
        await AssertWholeAsync(engine);
    }

    [Fact]
    public async Task A_damaged_payload_is_named_and_the_neighbours_go_on()
    {
        var image = await ImageAsync();
        var payload = Directory.EnumerateFiles(Payloads.Folder(image), "*", SearchOption.AllDirectories)
            .First(file => new FileInfo(file).Length == 2002);
        Harm(payload, "flip");

        await using var engine = await SagasAsync(image);
        Assert.Contains(Integrity.ProblemsOf(image), problem => problem.Contains(payload, StringComparison.Ordinal));
        var damage = await Assert.ThrowsAsync<InvalidDataException>(
            () => engine.Client.GetInstanceAsync("letter", getInputsAndOutputs: true));
        Assert.Contains($"{payload} is damaged", damage.Message, StringComparison.Ordinal);
        await AssertTalkGoesOnAsync(engine);
    }

    [Fact]
    public async Task A_bit_that_flips_in_a_history_is_noticed_and_sets_only_that_instance_aside()
    {
        await using (var first = await SagasAsync())
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Conversation", "x", new StartOrchestrationOptions("talk"));
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Conversation", "x", new StartOrchestrationOptions("hurt"));
            await first.Client.RaiseEventAsync("hurt", "said", "a word to be found in the file");
            await UntilRecordedAsync(first, "hurt", "EventRaised");
        }

        var bytes = await File.ReadAllBytesAsync(Store.Database(directory));
        bytes[bytes.AsSpan().LastIndexOf("a word to be found"u8)] ^= 1;
        await File.WriteAllBytesAsync(Store.Database(directory), bytes);

        await using var engine = await SagasAsync();
        await WaitUntil(() => engine.Client.GetInstanceAsync("hurt").Result!.RuntimeStatus is OrchestrationRuntimeStatus.Suspended);
        var hurt = (await engine.Client.GetInstanceAsync("hurt", getInputsAndOutputs: true))!;
        Assert.Contains("is not what was written", hurt.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(() => engine.HistoryAsync("hurt", CancellationToken.None));
        await TalkAsync(engine, "talk");
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_a_file_named_after_its_content_and_is_gone_after_the_purge()
    {
        await using var engine = await SagasAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Letter", new string('x', 2000));
        await engine.Client.WaitForInstanceCompletionAsync(id);
        var files = Directory.GetFiles(Payloads.Folder(directory), "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal(Sha256(file), Path.GetFileName(file).Split('-')[^1]));

        // The orchestrator handed its input on to an activity, which gave it back: one text, one file.
        Assert.Single(files, file => new FileInfo(file).Length == 2002);

        await engine.Client.PurgeInstanceAsync(id);
        await WaitUntil(() => !Directory.EnumerateFileSystemEntries(Payloads.Folder(directory)).Any());
    }

    [Fact]
    public async Task What_a_crash_left_of_payloads_without_a_commit_is_removed_at_the_next_start()
    {
        var image = await ImageAsync();
        var orphan = Directory.CreateDirectory(Path.Combine(Payloads.Folder(image), "999999")).FullName;
        await File.WriteAllTextAsync(Path.Combine(orphan, "0-ab"), "nobody's");
        var kept = Directory.EnumerateDirectories(Payloads.Folder(image)).First(folder => folder != orphan);
        var unfinished = Path.Combine(kept, "half.new");
        await File.WriteAllTextAsync(unfinished, "half");

        await using var engine = await SagasAsync(image);
        Assert.False(Directory.Exists(orphan));
        Assert.False(File.Exists(unfinished));
        await AssertWholeAsync(engine);
    }

    [Fact]
    public async Task A_backup_under_load_has_everything_that_was_acknowledged_before_it()
    {
        var copy = Path.Combine(directory, "copy");
        var acknowledged = new List<string>();
        await using (var engine = await SagasAsync(Path.Combine(directory, "original")))
        {
            using var enough = new CancellationTokenSource();
            var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LoadAsync(engine, acknowledged, enough.Token)));
            await WaitUntil(() => Count(acknowledged) > 100);
            List<string> before;
            lock (acknowledged)
            {
                before = [.. acknowledged];
            }

            await engine.BackupAsync(copy, CancellationToken.None);
            await WaitUntil(() => Count(acknowledged) > before.Count + 20);
            await enough.CancelAsync();
            await load;
            acknowledged = before;
            await Assert.ThrowsAsync<IOException>(() => engine.BackupAsync(copy, CancellationToken.None));
        }

        await using (var restored = await SagasAsync(copy))
        {
            foreach (var id in acknowledged)
            {
                var state = await restored.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
                Assert.Equal(Sagas.Outputs["Letter"], state.SerializedOutput);
            }
        }

        // It is a store of its own: neither takes the other's files for its own.
        File.Copy(Store.Mark(Path.Combine(directory, "original")), Store.Mark(copy), overwrite: true);
        var mixed = await Assert.ThrowsAsync<InvalidDataException>(() => SagasAsync(copy));
        Assert.Contains("belongs to another store", mixed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_copy_of_the_database_in_its_place_is_refused()
    {
        var image = await ImageAsync();
        var older = Path.Combine(directory, "older.db");
        await using (await SagasAsync(image))
        {
        }

        File.Copy(Store.Database(image), older);
        await using (var engine = await SagasAsync(image))
        {
            await AssertTalkGoesOnAsync(engine);
        }

        File.Copy(older, Store.Database(image), overwrite: true);
        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => SagasAsync(image));
        Assert.Contains("an older copy was put in its place", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purge_goes_on_where_it_was_interrupted_and_gives_the_space_back()
    {
        await using var engine = await EchoAsync();
        var text = new string('x', 30_000);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => engine.RunAsync("Echo", text)));
        var open = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Wait");

        var some = await engine.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter { Timeout = TimeSpan.FromTicks(1) });
        Assert.InRange(some.PurgedInstanceCount, 1, 399);
        await engine.RestartAsync();
        var path = Store.Database(engine.Directory);
        var before = new FileInfo(path).Length;
        var rest = await engine.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter());

        Assert.Equal(400, some.PurgedInstanceCount + rest.PurgedInstanceCount);
        Assert.NotNull(await engine.Client.GetInstanceAsync(open));
        Assert.Empty(Integrity.ProblemsOf(engine.Directory));
        await engine.StopAsync();
        Assert.InRange(new FileInfo(path).Length, 0, before / 3);
    }

    private static async Task LoadAsync(DurableEngine engine, List<string> acknowledged, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Letter", new string('x', 2000), CancellationToken.None);
            lock (acknowledged)
            {
                acknowledged.Add(id);
            }
        }
    }

    private static int Count(List<string> list)
    {
        lock (list)
        {
            return list.Count;
        }
    }

    /// <summary>A directory as kill -9 leaves it: one instance has ended, one waits, and the last commits are in the log only.</summary>
    private async Task<string> ImageAsync()
    {
        var (source, image) = (Path.Combine(directory, "source"), Path.Combine(directory, "image"));
        await using (var first = await SagasAsync(source))
        {
            await Task.WhenAll(Enumerable.Range(0, 200)
                .Select(_ => first.Client.ScheduleNewOrchestrationInstanceAsync("Conversation", new string('x', 500))));
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Conversation", "x", new StartOrchestrationOptions("talk"));
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Letter", new string('x', 2000), new StartOrchestrationOptions("letter"));
            await first.Client.WaitForInstanceCompletionAsync("letter");
            await UntilRecordedAsync(first, "talk", "ExecutionStarted");
        }

        await using var engine = await SagasAsync(source);
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Conversation", "x", new StartOrchestrationOptions("late"));
        await engine.Client.RaiseEventAsync("talk", "said", "one");
        await UntilRecordedAsync(engine, "talk", "EventRaised");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(image, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            if (Path.GetFileName(file) != "lock")
            {
                File.Copy(file, to);
            }
        }

        await File.WriteAllTextAsync(Path.Combine(image, "lock"), "");
        return image;
    }

    private static async Task AssertWholeAsync(DurableEngine engine)
    {
        var letter = await engine.Client.GetInstanceAsync("letter", getInputsAndOutputs: true);
        Assert.Equal(Sagas.Outputs["Letter"], letter!.SerializedOutput);
        Assert.NotNull(await engine.Client.GetInstanceAsync("late"));
        await AssertTalkGoesOnAsync(engine);
    }

    /// <summary>The first word was said before the image was taken.</summary>
    private static async Task AssertTalkGoesOnAsync(DurableEngine engine)
    {
        await engine.Client.RaiseEventAsync("talk", "said", "two");
        var talk = await engine.Client.WaitForInstanceCompletionAsync("talk", getInputsAndOutputs: true);
        Assert.Equal(Sagas.Outputs["Conversation"], talk.SerializedOutput);
    }

    private static async Task TalkAsync(DurableEngine engine, string id)
    {
        await engine.Client.RaiseEventAsync(id, "said", "one");
        await engine.Client.RaiseEventAsync(id, "said", "two");
        var state = await engine.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
        Assert.StartsWith("\"one ", state.SerializedOutput, StringComparison.Ordinal);
    }

    private static Task UntilRecordedAsync(DurableEngine engine, string id, string kind) =>
        WaitUntil(() => engine.HistoryAsync(id, CancellationToken.None).Result.Any(row => row.Kind == kind));

    private static async Task WaitUntil(Func<bool> condition)
    {
        for (var tries = 0; tries < 4000; tries++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(5);
        }

        Assert.Fail("It never came to be.");
    }

    private static Task<Engine> EchoAsync() => Engine.StartAsync(engine => engine
        .Orchestrator("Echo", context => Task.FromResult(context.GetInput<string>()))
        .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("never")));

    private async Task<DurableEngine> SagasAsync(string? home = null)
    {
        home ??= directory;
        var options = new DurableOptions
        {
            Directory = home,
            InlinePayloadBytes = 1024,
            DrainTimeout = TimeSpan.Zero,
            ExitOnLogFailure = false,
        };
        var engine = new DurableEngine(options, TimeProvider.System, NullLoggerFactory.Instance);
        Sagas.Register(engine, home);
        await engine.StartAsync(CancellationToken.None);
        return engine;
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
            case "flip":
                file.Position = file.Length / 2;
                var b = file.ReadByte();
                file.Position--;
                file.WriteByte((byte)(b ^ 1));
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
