using Launchpad.Durable.Storage;

namespace Launchpad.Durable.Tests;

public sealed class BackupTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("durable-backup-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_backup_under_load_has_everything_that_was_acknowledged_before_it()
    {
        var copy = Path.Combine(directory, "copy");
        var original = Path.Combine(directory, "original");
        var acknowledged = new List<string>();
        List<string> before;
        await using (var hub = await OpenAsync(original))
        {
            using var enough = new CancellationTokenSource();
            var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LoadAsync(hub, acknowledged, enough.Token)));
            await TestHub.WaitUntil(() => Task.FromResult(Copy(acknowledged).Count > 100));
            before = Copy(acknowledged);
            await hub.Service.BackupAsync(copy, CancellationToken.None);
            await TestHub.WaitUntil(() => Task.FromResult(Copy(acknowledged).Count > before.Count + 20));
            await enough.CancelAsync();
            await load;
            await Assert.ThrowsAsync<IOException>(() => hub.Service.BackupAsync(copy, CancellationToken.None));
        }

        await using (var restored = await OpenAsync(copy))
        {
            foreach (var id in before)
            {
                Assert.Equal(Sagas.Outputs["Letter"], (await restored.EndAsync(id)).Output);
            }
        }

        // It is a store of its own: neither takes the other's files for its own.
        File.Copy(Store.Mark(original), Store.Mark(copy), overwrite: true);
        var mixed = await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync(copy));
        Assert.Contains("belongs to another store", mixed.Message, StringComparison.Ordinal);
    }

    private static async Task LoadAsync(TestHub hub, List<string> acknowledged, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var instance = await hub.BeginAsync("Letter", new string('x', 2000));
            lock (acknowledged)
            {
                acknowledged.Add(instance.InstanceId);
            }
        }
    }

    private static List<string> Copy(List<string> list)
    {
        lock (list)
        {
            return [.. list];
        }
    }

    private static Task<TestHub> OpenAsync(string home) =>
        TestHub.StartAsync(worker => Sagas.Register(worker, home), TestHub.NewOptions(home));
}
