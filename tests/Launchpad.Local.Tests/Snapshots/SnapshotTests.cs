using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Launchpad.Processes;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Snapshots;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Options;

namespace Launchpad.Local.Tests.Snapshots;

/// <summary>The control plane's backups on a real store, with the pocket Key Vault and Resource Manager beside it.</summary>
[Collection(ManagedIdentity.Collection)]
public sealed class SnapshotTests : IClassFixture<TestCloud>, IAsyncLifetime
{
    private const string Canary = "canary-value-7c1f";
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly Azurite azurite = new();
    private readonly MovedClock clock = new();
    private readonly string secret = "s-" + Guid.NewGuid().ToString("n");
    private readonly SecretVault vault;
    private readonly VmGateway machines;

    public SnapshotTests(TestCloud cloud)
    {
        vault = new(ManagedIdentity.SecretClient(cloud));
        var options = new AzureOptions
        {
            ArmEndpoint = TestCloud.Address(cloud.Ports.ResourceManager, https: true),
            SubscriptionId = ResourceManager.Arm.Subscription,
        };
        var client = options.Client();
        client.Transport = new Azure.Core.Pipeline.HttpClientTransport(cloud.Client);
        machines = new(new(ManagedIdentity.Credential(cloud), ResourceManager.Arm.Subscription, client), Options.Create(options));
    }

    private Tables Tables => new(new TableServiceClient(azurite.ConnectionString));

    private BlobContainerClient Store => new(azurite.ConnectionString, BackupBlobs.Container);

    public async Task InitializeAsync()
    {
        await azurite.InitializeAsync();
        await Tables.CreateAllAsync(Ct);
        await Store.CreateIfNotExistsAsync();
        await vault.SetAsync(secret, Canary, Ct);
    }

    public async Task DisposeAsync()
    {
        await vault.EraseAsync(secret, Ct);
        vault.Dispose();
        await azurite.DisposeAsync();
    }

    [Fact]
    public async Task Every_row_of_every_table_comes_back_as_it_was()
    {
        await FillAsync();
        var before = await RowsAsync();
        var taken = await Snapshots().TakeAsync(Ct);
        Assert.Equal(Tables.All.Select(table => table.Name).Append("vault"), taken.Files.Select(file => file.Content));

        await EmptyAsync();
        var (restore, found) = await FoundAsync();
        Assert.Equal(before.Count, await restore.RunAsync(found, identity: null, Ct));
        Assert.Equal(before, await RowsAsync());
    }

    [Fact]
    public async Task A_byte_that_changed_in_the_store_is_found_before_anything_is_written()
    {
        await FillAsync();
        var taken = await Snapshots().TakeAsync(Ct);
        var blob = Store.GetBlobClient($"control-plane/{taken.Name}/{taken["records"].Name}");
        var bytes = (await blob.DownloadContentAsync()).Value.Content.ToArray();
        bytes[bytes.Length / 2] ^= 1;
        await blob.UploadAsync(new BinaryData(bytes), overwrite: true);
        await EmptyAsync();

        var refused = await Assert.ThrowsAsync<InvalidDataException>(FoundAsync);
        Assert.Contains("records", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task One_that_was_not_finished_is_passed_over()
    {
        await FillAsync();
        var whole = await Snapshots().TakeAsync(Ct);
        clock.Now += TimeSpan.FromHours(1);
        var cut = await Snapshots().TakeAsync(Ct);
        await Store.DeleteBlobAsync($"control-plane/{cut.Name}/manifest.json");

        Assert.Equal([(cut.Name, false), (whole.Name, true)], await Blobs().ListAsync(Ct));
        Assert.Equal(whole.Name, (await FoundAsync()).Found.Name);
        await Assert.ThrowsAsync<InvalidDataException>(() => new SnapshotRestore(Tables, Blobs()).FindAsync(cut.Name, Ct));
    }

    [Fact]
    public async Task Tables_with_rows_are_left_alone()
    {
        await FillAsync();
        await Snapshots().TakeAsync(Ct);
        await EmptyAsync();
        await Tables.Emails.AddEntityAsync(new TableEntity("p", "r"), Ct);
        var before = await RowsAsync();

        var (restore, found) = await FoundAsync();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => restore.RunAsync(found, identity: null, Ct));
        Assert.Contains("emails", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await RowsAsync());
    }

    [Fact]
    public async Task One_that_was_interrupted_goes_on_with_the_same_snapshot_only()
    {
        await FillAsync();
        var (before, identity) = (await RowsAsync(), AgeIdentity.New());
        var first = await Snapshots(identity.Recipient).TakeAsync(Ct);
        clock.Now += TimeSpan.FromHours(1);
        await Snapshots().TakeAsync(Ct);
        await EmptyAsync();
        var restore = new SnapshotRestore(Tables, Blobs());
        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() => restore.RunAsync(first, AgeIdentity.New(), Ct));
        await Tables.Emails.AddEntityAsync(new TableEntity("o'neil 漢", "r 1") { ["text"] = "half" }, Ct);

        var (_, newest) = await FoundAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => restore.RunAsync(newest, identity: null, Ct));
        await restore.RunAsync(first, identity, Ct);
        Assert.Equal(before, await RowsAsync());
    }

    [Fact]
    public async Task No_file_has_the_value_of_a_secret()
    {
        await FillAsync();
        var taken = await Snapshots().TakeAsync(Ct);
        var lines = new List<string>();
        foreach (var file in taken.Files)
        {
            lines.AddRange(await Blobs().LinesAsync(taken, file, identity: null, Ct).ToListAsync());
        }

        Assert.Contains(lines, line => line.Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(Canary, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_closed_for_a_recipient_opens_with_its_identity_only()
    {
        await FillAsync();
        var (before, identity) = (await RowsAsync(), AgeIdentity.New());
        var taken = await Snapshots(identity.Recipient).TakeAsync(Ct);
        var stored = await Store.GetBlobClient($"control-plane/{taken.Name}/{taken["emails"].Name}").DownloadContentAsync();
        Assert.StartsWith("age-encryption.org/v1", Encoding.ASCII.GetString(stored.Value.Content.ToArray()), StringComparison.Ordinal);
        await EmptyAsync();

        var (restore, found) = await FoundAsync();
        var silent = await Assert.ThrowsAsync<InvalidDataException>(() => restore.RunAsync(found, identity: null, Ct));
        Assert.Contains(identity.Recipient, silent.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() => restore.RunAsync(found, AgeIdentity.New(), Ct));
        await restore.RunAsync(found, identity, Ct);
        Assert.Equal(before, await RowsAsync());
    }

    [Fact]
    public async Task Old_ones_go_and_the_newest_that_is_whole_stays()
    {
        var first = await Snapshots().TakeAsync(Ct);
        clock.Now += TimeSpan.FromDays(1);
        var second = await Snapshots().TakeAsync(Ct);
        clock.Now += TimeSpan.FromDays(40);
        var cut = await Snapshots().TakeAsync(Ct);
        await Store.DeleteBlobAsync($"control-plane/{cut.Name}/manifest.json");

        await Snapshots().PruneAsync(TimeSpan.FromDays(30), Ct);
        Assert.Equal([(cut.Name, false), (second.Name, true)], await Blobs().ListAsync(Ct));
        Assert.Null(await Blobs().FindAsync(first.Name, Ct));
    }

    [Fact]
    public async Task What_rows_do_not_bring_back_is_told()
    {
        await Tables.Deployments.AddEntityAsync(
            new TableEntity("acc_1", "dep_1") { ["operation"] = "op_1", ["operationKind"] = "Rollout" }, Ct);
        await Tables.Deployments.AddEntityAsync(new TableEntity("acc_1", "dep_2") { ["operation"] = "" }, Ct);
        await Tables.Vms.AddEntityAsync(new TableEntity("shared", "vm_gone") { ["status"] = "Ready", ["owners"] = """{"dep_2":"acc_1"}""" }, Ct);
        await Tables.Vms.AddEntityAsync(new TableEntity("shared", "vm_new") { ["status"] = "Creating" }, Ct);
        await Tables.Vms.AddEntityAsync(new TableEntity("shared", "pool") { ["next"] = 1 }, Ct);
        var taken = await Snapshots().TakeAsync(Ct);
        await vault.EraseAsync(secret, Ct);

        var losses = await new Losses(Tables, vault, machines, Blobs()).FindAsync(taken, identity: null, Ct).ToListAsync();
        Assert.Equal(
            [(LossKind.SecretMissing, secret), (LossKind.OperationInterrupted, "op_1"), (LossKind.MachineMissing, "vm_gone")],
            losses.Select(loss => (loss.Kind, loss.Subject)));
        Assert.Contains("dep_2", losses[^1].Said, StringComparison.Ordinal);
    }

    private SnapshotBlobs Blobs(string? recipient = null) =>
        new(new BlobServiceClient(azurite.ConnectionString), Options.Create(new SnapshotOptions { Recipient = recipient }));

    private ControlPlaneSnapshots Snapshots(string? recipient = null) => new(Tables, vault, Blobs(recipient), clock);

    private async Task<(SnapshotRestore Restore, SnapshotManifest Found)> FoundAsync()
    {
        var restore = new SnapshotRestore(Tables, Blobs());
        return (restore, await restore.FindAsync(name: null, Ct));
    }

    /// <summary>Something in every table, everything that a row can hold, and a partition of more rows than a page or a transaction has.</summary>
    private async Task FillAsync()
    {
        foreach (var table in Tables.All)
        {
            await table.AddEntityAsync(
                new TableEntity("o'neil 漢", "r 1")
                {
                    ["text"] = "line\nline\u2028 \"quoted\" 🦞",
                    ["empty"] = "",
                    ["flag"] = true,
                    ["number"] = int.MinValue,
                    ["large"] = long.MaxValue,
                    ["whole"] = 2.0,
                    ["small"] = 1.0 / 3,
                    ["none"] = double.NaN,
                    ["time"] = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1234567),
                    ["id"] = Guid.Parse("3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
                    ["bytes"] = new byte[] { 0, 255, 10 },
                },
                Ct);
        }

        foreach (var rows in Enumerable.Range(0, 1_100).Chunk(100))
        {
            await Tables.Records.SubmitTransactionAsync(
                rows.Select(row => new TableTransactionAction(
                    TableTransactionActionType.Add, new TableEntity("dep", $"{row:D5}") { ["data"] = new string('x', 500) })),
                Ct);
        }
    }

    private async Task EmptyAsync()
    {
        foreach (var table in Tables.All)
        {
            await table.DeleteAsync(Ct);
        }

        await Tables.CreateAllAsync(Ct);
    }

    private async Task<IReadOnlyList<string>> RowsAsync()
    {
        var rows = new List<string>();
        foreach (var table in Tables.All)
        {
            await foreach (var row in table.QueryAsync<TableEntity>(cancellationToken: Ct))
            {
                rows.Add(table.Name + " " + string.Join(", ", row
                    .Where(property => property.Key is not ("Timestamp" or "odata.etag"))
                    .OrderBy(property => property.Key, StringComparer.Ordinal)
                    .Select(property => $"{property.Key}={Shown(property.Value)}")));
            }
        }

        return rows;

        static string Shown(object value) => value switch
        {
            byte[] bytes => Convert.ToHexString(bytes),
            DateTimeOffset time => $"DateTimeOffset {time:O}",
            _ => $"{value.GetType().Name} {value}",
        };
    }

    private sealed class MovedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
