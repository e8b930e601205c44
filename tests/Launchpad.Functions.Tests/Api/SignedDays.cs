using System.Text.Json;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Launchpad.Functions.Tests.Health;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Health;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Functions.Tests.Api;

/// <summary>A bot whose record grows on days of its own, and what signs them.</summary>
internal sealed class SignedDays(LaunchpadApi api, Owner owner, string id) : IDisposable
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    public string Id => id;

    public string Account => owner.Account;

    public Clock Clock { get; } = new() { Now = DateTimeOffset.UtcNow };

    public static async Task<SignedDays> OfAsync(LaunchpadApi api)
    {
        var owner = await api.SignedUpAsync();
        return new(api, owner, await owner.OrderAsync());
    }

    /// <summary>Rows of this moment, by a process that begins with them.</summary>
    public Task WriteAsync(int rows) => new RecordStore(api.Service<Tables>(), Clock).FillAsync(id, rows);

    /// <summary>The night comes, and the heads of the day are signed.</summary>
    public async Task SignAsync(SignedDocuments? by = null)
    {
        Clock.Now = Clock.Now.Date.AddDays(1).AddMinutes(20);
        await Signer(by: by).RunAsync(Clock.Now, Ct);
    }

    public HeadRounds Signer(Tables? tables = null, SignedDocuments? by = null)
    {
        var on = tables ?? api.Service<Tables>();
        return new(
            new(on), new Rounds(on, NullLogger<Rounds>.Instance), One(on, by),
            new HeadAlarm(api.Service<Pager>()));
    }

    public HeadSigner One(Tables? tables = null, SignedDocuments? by = null)
    {
        var on = tables ?? api.Service<Tables>();
        return new(new(on), new RecordStore(on, Clock), new SignedHeadsStore(on, by ?? api.Service<SignedDocuments>()), Clock);
    }

    /// <summary>Tables that a process reaches until it dies in one of its calls.</summary>
    public Tables Dying(Func<CallFault> fault)
    {
        var options = new TableClientOptions();
        options.AddPolicy(new TableCalls(_ => fault()), Azure.Core.HttpPipelinePosition.PerRetry);
        return new(new TableServiceClient(api.StorageConnection, options));
    }

    /// <summary>What still leads to this account's chains.</summary>
    public async Task<IReadOnlyList<TableEntity>> WaitingAsync() => await api.Service<Tables>().Index
        .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {"heads-" + Shards.KeyOf(Account)}"), cancellationToken: Ct)
        .Where(row => row.RowKey.Contains(Account, StringComparison.Ordinal)).ToListAsync(Ct);

    public async Task<IReadOnlyList<SignedHeads>> DocumentsAsync() => await api.Service<SignedHeadsStore>().ListAsync(Account, "", Ct);

    public Task<JsonElement> RecordAsync() => owner.GetAsync($"deployments/{id}/record");

    public Task<JsonElement> HeadsAsync() => owner.GetAsync("record/heads");

    /// <summary>What the customer's script says of it.</summary>
    public async Task<(int Code, string Said)> VerifyAsync(string record, string heads) =>
        await VerifyAsync(record, heads, await owner.Http.GetStringAsync(new Uri("certificates-key", UriKind.Relative)));

    public static async Task<(int Code, string Said)> VerifyAsync(string record, string heads, string pem)
    {
        var folder = Directory.CreateTempSubdirectory("launchpad-heads-");
        try
        {
            var (key, signed) = (Path.Combine(folder.FullName, "key.pem"), Path.Combine(folder.FullName, "heads.json"));
            await File.WriteAllTextAsync(key, pem, Ct);
            await File.WriteAllTextAsync(signed, heads, Ct);
            return await VerifyRecord.RunAsync(record, "--heads", signed, "--key", key);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public async Task<(int Code, string Said)> VerifyAsync() => await VerifyAsync((await RecordAsync()).GetRawText(), (await HeadsAsync()).GetRawText());

    public void Dispose() => owner.Dispose();
}
