using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Tests.Health;

/// <summary>A saga that ended without an outcome is told to a person, and holds nothing any more.</summary>
[Collection(OnOnePlane.Name)]
public sealed class FailedSagaTests(Plane plane)
{
    private const string Reason = "Non-Deterministic workflow detected";

    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task It_pages_once_fails_its_operation_and_frees_the_deployment()
    {
        var (bot, operation) = await RestartingAsync();
        var saga = Ended(operation.Id, OrchestrationRuntimeStatus.Failed);
        Assert.True(FailedSagas.IsOne(saga));
        var before = plane.Told.Count;

        await plane.Make<FailedSagas>().EndAsync(operation, saga, Ct);
        await plane.Make<FailedSagas>().EndAsync(await FoundAsync(operation), saga, Ct);

        var page = Assert.Single(plane.Told.Skip(before)).ToString();
        Assert.Contains(operation.Id, page, StringComparison.Ordinal);
        Assert.Contains(Reason, page, StringComparison.Ordinal);
        Assert.Contains("saga-failed", page, StringComparison.Ordinal);
        var ended = await FoundAsync(operation);
        Assert.Equal(OperationStatus.Failed, ended.Status);
        Assert.NotNull(ended.Failure);
        var freed = await plane.ReadAsync(bot);
        Assert.Null(freed.Operation);
        Assert.Equal(DeploymentStatus.Failed, freed.Status);
    }

    [Fact]
    public async Task A_deployment_that_another_operation_holds_by_now_is_left_to_it()
    {
        var (bot, operation) = await RestartingAsync();
        await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now with { Operation = new("op_next", OperationKind.Terminate, plane.Clock.Now, "me") }, Ct);

        await plane.Make<FailedSagas>().EndAsync(
            operation, Ended(operation.Id, OrchestrationRuntimeStatus.Terminated), Ct);

        Assert.Equal("op_next", (await plane.ReadAsync(bot)).Operation!.Id);
    }

    [Fact]
    public async Task Where_the_store_keeps_no_parts_of_a_failure_the_page_has_its_words()
    {
        var (_, operation) = await RestartingAsync();
        var saga = new OrchestrationMetadata("Restart", operation.Id)
        {
            RuntimeStatus = OrchestrationRuntimeStatus.Failed,
            SerializedOutput = "System.TimeoutException: too late",
        };
        var before = plane.Told.Count;

        await plane.Make<FailedSagas>().EndAsync(operation, saga, Ct);

        Assert.Contains("Failed: System.TimeoutException: too late", Assert.Single(plane.Told.Skip(before)).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Running)]
    [InlineData(OrchestrationRuntimeStatus.Pending)]
    public void One_that_came_to_an_end_or_goes_on_is_none(OrchestrationRuntimeStatus status) =>
        Assert.False(FailedSagas.IsOne(Ended("op_1", status)));

    private static OrchestrationMetadata Ended(string id, OrchestrationRuntimeStatus status) => new("Restart", id)
    {
        RuntimeStatus = status,
        FailureDetails = new("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException", Reason, null, null, null),
    };

    private async Task<(Deployment Bot, Operation Operation)> RestartingAsync()
    {
        var bot = await plane.BotAsync((await plane.MachineAsync()).Id);
        var id = Shared.Ids.New(Shared.Ids.Operation, TimeProvider.System);
        await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now.ToRestarting() with { Operation = new(id, OperationKind.Restart, plane.Clock.Now, "me") }, Ct);
        var operation = new Operation(
            id, bot.Account, bot.Id, OperationKind.Restart, OperationStatus.Accepted, "me", plane.Clock.Now, plane.Clock.Now.AddMinutes(10));
        await plane.Get<OperationStore>().AddAsync(operation, Ct);
        return (bot, operation);
    }

    private async Task<Operation> FoundAsync(Operation operation) =>
        (await plane.Get<OperationStore>().FindAsync(operation.Account, operation.Id, Ct))!;
}
