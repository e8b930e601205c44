using Azure.Data.Tables;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Functions.Staff;

/// <param name="Cursor">Leads on, also where this page has found nothing yet; null when these were the last.</param>
public sealed record StaffOperationsView(IReadOnlyList<StaffOperationView> Operations, string? Cursor);

/// <param name="Steps">Those that were taken, then those that are usually still to come.</param>
/// <param name="IfCancelled">What would be taken back if it were cancelled now; null when it cannot be.</param>
public sealed record StaffOperationDetailView(
    StaffOperationView Operation, IReadOnlyList<StepView> Steps, IReadOnlyList<string>? IfCancelled);

/// <summary>Finds operations of all accounts by what leads to them (ADR 23): those that go on by the rows of busy deployments, those that
/// failed by the rows of failures. Nothing is read because it exists.</summary>
public sealed class StaffOperationFinder(
    DeploymentStore deployments, OperationStore operations, StaffOperationViews views, TimeProvider clock)
{
    private const int PageMax = 50;
    private const int BatchMax = 50;
    private const int BatchesMax = 6;
    private const int AtOnceMax = 8;

    /// <summary>What goes on, in no order that says anything.</summary>
    /// <param name="after">The deployment that the page before ended with; null for the first.</param>
    /// <param name="isWanted">Which of them.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task<StaffOperationsView> GoingAsync(string? after, Func<StaffOperationView, bool> isWanted, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return PageAsync(
            after, from => deployments.BusyRowsAsync(from, BatchMax, ct),
            async row => await deployments.FollowAsync(row, now, ct) is { } busy && (busy.Operation?.Id ?? busy.Ending?.Operation) is { } id
                ? await views.OfAsync(busy, id, ct)
                : null,
            isWanted, ct);
    }

    /// <summary>What failed, the newest first.</summary>
    /// <param name="after">The key of the row that the page before ended with; null for the first.</param>
    /// <param name="isWanted">Which of them.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task<StaffOperationsView> FailedAsync(string? after, Func<StaffOperationView, bool> isWanted, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return PageAsync(
            after, from => operations.Failures.PageAsync(from ?? "", BatchMax, ct),
            async row =>
            {
                var (account, id) = FailureIndex.Of(row);
                var operation = await operations.FindAsync(account, id, ct);
                return await operations.Failures.LeadsToAsync(row, operation, now, ct)
                    && await deployments.FindAsync(account, operation!.Deployment, ct) is { } deployment
                        ? await views.OfAsync(deployment, id, ct)
                        : null;
            },
            isWanted, ct);
    }

    /// <exception cref="ProblemException">When there is no such operation.</exception>
    public async Task<(Operation Operation, Deployment Deployment)> FindAsync(string id, CancellationToken ct) =>
        Ids.IsValid(id, Ids.Operation) && await operations.FindAsync(id, ct) is { } operation
        && await deployments.FindAsync(operation.Account, operation.Deployment, ct) is { } deployment
            ? (operation, deployment)
            : throw Problems.NoneOfThatId();

    /// <inheritdoc cref="FindAsync"/>
    public async Task<StaffOperationDetailView> WholeAsync(string id, CancellationToken ct)
    {
        var (operation, deployment) = await FindAsync(id, ct);
        var whole = OperationViews.Of(
            operation, deployment, await operations.StepsAsync(id, ct), await operations.Usual.OfAsync(operation.Kind, ct));
        return new(await views.OfAsync(deployment, id, ct) ?? throw Problems.NoneOfThatId(), whole.Steps, whole.IfCancelled);
    }

    /// <summary>As many as a page has, of a bounded number of rows.</summary>
    private static async Task<StaffOperationsView> PageAsync(
        string? after, Func<string?, Task<IReadOnlyList<TableEntity>>> next, Func<TableEntity, Task<StaffOperationView?>> look,
        Func<StaffOperationView, bool> isWanted, CancellationToken ct)
    {
        var found = new List<StaffOperationView>();
        for (var batch = 0; batch < BatchesMax; batch++)
        {
            var rows = await next(after);
            var seen = new StaffOperationView?[rows.Count];
            await Parallel.ForEachAsync(
                rows.Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = ct },
                async (row, _) => seen[row.Index] = await look(row.Item));
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
}
