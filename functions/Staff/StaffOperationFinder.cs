using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Functions.Staff;

/// <param name="Cursor">Leads on, also where this page has found nothing yet; null when these were the last.</param>
public sealed record StaffOperationsView(IReadOnlyList<StaffOperationView> Operations, string? Cursor);

/// <summary>Finds operations of all accounts by what leads to them (ADR 23): those that go on by the rows of busy deployments, those that failed by
/// the rows of failures. Nothing is read because it exists.</summary>
public sealed class StaffOperationFinder(DeploymentStore deployments, OperationStore operations, StaffOperationViews views, TimeProvider clock)
{
    public const int PageMax = 50;
    private const int BatchMax = 50;
    private const int BatchesMax = 6;
    private const int AtOnceMax = 8;

    private readonly FailureIndex failures = operations.Failures;

    /// <summary>What goes on, in no order that says anything.</summary>
    /// <param name="after">The deployment that the page before ended with; null for the first.</param>
    /// <param name="isWanted">Which of them.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<StaffOperationsView> GoingAsync(string? after, Func<StaffOperationView, bool> isWanted, CancellationToken ct)
    {
        var (found, now) = (new List<StaffOperationView>(), clock.GetUtcNow());
        for (var batch = 0; batch < BatchesMax; batch++)
        {
            var rows = await deployments.BusyRowsAsync(after, BatchMax, ct);
            var seen = await EachAsync(
                rows,
                async row => await deployments.FollowAsync(row, now, ct) is { } busy && (busy.Operation?.Id ?? busy.Ending?.Operation) is { } id
                    ? await views.OfAsync(busy, id, ct)
                    : null,
                ct);
            foreach (var (row, view) in rows.Zip(seen))
            {
                after = row.RowKey;
                if (view is not null && isWanted(view))
                {
                    found.Add(view);
                    if (found.Count == PageMax)
                    {
                        return new(found, after);
                    }
                }
            }

            if (rows.Count < BatchMax)
            {
                return new(found, null);
            }
        }

        return new(found, after);
    }

    /// <summary>What failed, the newest first.</summary>
    /// <param name="after">The key of the row that the page before ended with; empty for the first.</param>
    /// <param name="isWanted">Which of them.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<StaffOperationsView> FailedAsync(string after, Func<StaffOperationView, bool> isWanted, CancellationToken ct)
    {
        var (found, now) = (new List<StaffOperationView>(), clock.GetUtcNow());
        for (var batch = 0; batch < BatchesMax; batch++)
        {
            var rows = await failures.PageAsync(after, BatchMax, ct);
            var seen = await EachAsync(
                rows,
                async row =>
                {
                    var (account, id) = FailureIndex.Of(row);
                    var operation = await operations.FindAsync(account, id, ct);
                    return await failures.LeadsToAsync(row, operation, now, ct)
                        && await deployments.FindAsync(account, operation!.Deployment, ct) is { } deployment
                            ? await views.OfAsync(deployment, id, ct)
                            : null;
                },
                ct);
            foreach (var (row, view) in rows.Zip(seen))
            {
                after = row.RowKey;
                if (view is not null && isWanted(view))
                {
                    found.Add(view);
                    if (found.Count == PageMax)
                    {
                        return new(found, after);
                    }
                }
            }

            if (rows.Count < BatchMax)
            {
                return new(found, null);
            }
        }

        return new(found, after);
    }

    /// <exception cref="ProblemException">When there is no such operation.</exception>
    public async Task<(Operation Operation, Deployment Deployment)> FindAsync(string id, CancellationToken ct) =>
        Ids.IsValid(id, Ids.Operation) && await operations.FindAsync(id, ct) is { } operation
        && await deployments.FindAsync(operation.Account, operation.Deployment, ct) is { } deployment
            ? (operation, deployment)
            : throw Problems.NoneOfThatId();

    private static async Task<StaffOperationView?[]> EachAsync<T>(
        IReadOnlyList<T> rows, Func<T, Task<StaffOperationView?>> look, CancellationToken ct)
    {
        var seen = new StaffOperationView?[rows.Count];
        await Parallel.ForEachAsync(
            rows.Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = ct },
            async (row, _) => seen[row.Index] = await look(row.Item));
        return seen;
    }
}
