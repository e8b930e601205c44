using Azure.Data.Tables;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Staff;

/// <summary>Second factors of operators, each in a partition of its own beside the one that lists them.</summary>
public sealed class OperatorFactors(Tables tables, Lazy<Seal> seal, TimeProvider clock) : AuthenticatorCodes(tables.Operators, seal, clock)
{
    /// <summary>Since when signing in asks for a code; null where it does not.</summary>
    public async Task<DateTimeOffset?> SinceAsync(string id, CancellationToken ct) =>
        (await tables.Operators.FindAsync(id, Row, ct))?.GetDateTimeOffset(OnSince);

    /// <summary>What is done with it stands in the staff's record.</summary>
    protected override Task<IReadOnlyList<TableTransactionAction>> BesideAsync(string who, FactorChange change, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<TableTransactionAction>>([]);
}
