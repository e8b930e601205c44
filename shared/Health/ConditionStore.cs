using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Health;

/// <summary>Conditions by account. There are as many as there are bots with something to say about, not as many as bots.</summary>
public sealed class ConditionStore(Tables tables, TimeProvider clock)
{
    private const int PageMax = 1_000;

    public async Task<Condition?> FindAsync(string account, string deployment, CancellationToken ct) =>
        await tables.Conditions.FindAsync(account, deployment, ct) is { } row ? Read(row) : null;

    public async Task<IReadOnlyDictionary<string, Condition>> AllAsync(CancellationToken ct) =>
        await tables.Conditions.QueryAsync<TableEntity>(maxPerPage: PageMax, cancellationToken: ct)
            .Select(Read)
            .ToDictionaryAsync(condition => condition.Deployment, cancellationToken: ct);

    /// <summary>Reads, changes and saves until no one else saved in between. One that is over is not kept.</summary>
    public async Task<Condition> ChangeAsync(string account, string deployment, Func<Condition, Condition> change, CancellationToken ct)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var found = await FindAsync(account, deployment, ct);
            var changed = change(found ?? Condition.New(account, deployment, now));
            if (changed.IsOver(now))
            {
                await RemoveAsync(account, deployment, ct);
                return changed;
            }

            var row = Write(changed);
            if (found is null ? await tables.Conditions.TryAddAsync(row, ct)
                : changed == found || await tables.Conditions.TryReplaceAsync(row, found.ETag, ct))
            {
                return changed;
            }
        }
    }

    public Task RemoveAsync(string account, string deployment, CancellationToken ct) =>
        tables.Conditions.RemoveAsync(account, deployment, ct);

    private static TableEntity Write(Condition condition) => new(condition.Account, condition.Deployment)
    {
        ["verdict"] = condition.Verdict.Kind.ToString(),
        ["which"] = (int)condition.Verdict.Which,
        ["said"] = condition.Said,
        ["since"] = condition.Since,
        ["restarts"] = condition.Restarts,
        ["lastRestart"] = condition.LastRestart,
        ["lastRestartAt"] = condition.LastRestartAt,
        ["upSince"] = condition.UpSince,
        ["givenUp"] = condition.GivenUp,
        ["drift"] = condition.Drift,
    };

    private static Condition Read(TableEntity row) => new(
        row.PartitionKey,
        row.RowKey,
        new(Enum.Parse<VerdictKind>(row.GetString("verdict")), (Observers)row.GetInt32("which")!.Value),
        row.GetString("said"),
        row.GetDateTimeOffset("since")!.Value,
        row.GetInt32("restarts")!.Value,
        row.GetString("lastRestart"),
        row.GetDateTimeOffset("lastRestartAt"),
        row.GetDateTimeOffset("upSince"),
        row.GetString("givenUp"),
        row.GetString("drift"),
        row.ETag);
}
