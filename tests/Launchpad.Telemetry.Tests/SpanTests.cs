using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Azure.Data.Tables;
using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Launchpad.Telemetry.Tests;

/// <summary>What the product itself tells, heard where it is told.</summary>
[Collection(StorageCollection.Name)]
public sealed class SpanTests : IAsyncLifetime, IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<string> _numbers = new();
    private readonly MeterListener _numbersHeard = new();
    private readonly ActivityListener _spansHeard;
    private readonly string _account = $"acc_{Guid.NewGuid():N}";
    private readonly string _id = $"op_{Guid.NewGuid():N}";
    private readonly Tables _tables;
    private readonly OperationStore _operations;
    private readonly DeploymentStore _deployments;
    private readonly StepLog _steps;

    public SpanTests(Azurite azurite)
    {
        ArgumentNullException.ThrowIfNull(azurite);
        _tables = new Tables(new TableServiceClient(azurite.ConnectionString));
        _operations = new OperationStore(_tables, new RecordStore(_tables, TimeProvider.System));
        _deployments = new DeploymentStore(_tables, new RecordStore(_tables, TimeProvider.System));
        _steps = new StepLog(_deployments, _operations, TimeProvider.System, NullLogger<StepLog>.Instance);
        _spansHeard = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Shared.Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_spansHeard);
        _numbersHeard.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Shared.Telemetry.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _numbersHeard.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument, value, tags));
        _numbersHeard.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument, value, tags));
        _numbersHeard.Start();
    }

    public Task InitializeAsync() => _tables.CreateAllAsync(CancellationToken.None);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _spansHeard.Dispose();
        _numbersHeard.Dispose();
    }

    [Fact]
    public async Task A_verb_that_fails_says_which_machine_and_which_code_and_nothing_of_what_was_asked()
    {
        var program = new VmProgram(Options.Create(new VmOptions { ProgramPath = typeof(SpanTests).Assembly.Location }));

        await Assert.ThrowsAsync<VmFailedException>(() => program.RunAsync<ExecTestRequest, ExecTestResult>(
            new("127.0.0.1", 9, "AAAA", "vm_7"), SshKeyPair.Generate().PrivateKeyPem, VmVerb.ExecTest, new("dep_1", "what I typed"), null,
            CancellationToken.None));

        Assert.Equal(
            "vm exec-test Client Error launchpad.vm.id=vm_7 launchpad.vm.verb=exec-test launchpad.outcome=failed error.type=connection-failed",
            Tell(Assert.Single(_spans)));
    }

    [Fact]
    public async Task A_step_says_how_it_ended_by_a_code_and_what_it_does_lies_within_it()
    {
        var operation = await BegunAsync();
        var inside = default(ActivitySpanId);

        await Assert.ThrowsAsync<Shared.PermanentException>(() => _steps.RunAsync(operation.Target, Steps.Pull, "typed", Task<string?> (_) =>
        {
            inside = Activity.Current!.SpanId;
            throw new Shared.PermanentException("image-missing", "typed");
        }, CancellationToken.None));

        var span = Assert.Single(_spans);
        Assert.Equal(span.SpanId, inside);
        Assert.Equal(
            $"step pull Internal Error launchpad.operation.id={_id} launchpad.step=pull launchpad.outcome=failed error.type=image-missing",
            Tell(span));
    }

    [Fact]
    public async Task Each_step_of_a_path_has_a_span_that_ends_with_it()
    {
        var operation = await BegunAsync();

        await _steps.FollowAsync(operation.Target, [Steps.Pull, Steps.Start], 0, (_, reports) =>
        {
            reports.Report(new(Ended: false, "half"));
            reports.Report(new(Ended: true, "typed"));
            reports.Report(new(Ended: true, "typed"));
            return Task.FromResult(true);
        }, CancellationToken.None);

        Assert.Equal(
            [
                $"step pull Internal Unset launchpad.operation.id={_id} launchpad.step=pull launchpad.outcome=done",
                $"step start Internal Unset launchpad.operation.id={_id} launchpad.step=start launchpad.outcome=done",
            ],
            _spans.Select(Tell));
    }

    [Fact]
    public void A_code_that_is_none_is_not_passed_on()
    {
        Shared.Telemetry.End(Shared.Telemetry.StartVerb("vm_1", "facts"), "failed", "Ada's secret: 12");

        Assert.EndsWith("error.type=other", Tell(Assert.Single(_spans)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_ends_of_one_operation_at_the_same_time_are_one_end()
    {
        var operation = await BegunAsync();
        await _operations.RecordAsync(operation, "upgrade", CancellationToken.None);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(run => _operations.SaveAsync(
            operation with { Status = OperationStatus.Succeeded, FinishedAt = operation.CreatedAt.AddSeconds(90 + run) },
            CancellationToken.None)));
        await _operations.SaveAsync(
            operation with { Status = OperationStatus.Succeeded, FinishedAt = operation.CreatedAt.AddSeconds(90) }, CancellationToken.None);

        Assert.Equal("launchpad.operations.started 1 launchpad.operation.kind=upgrade", _numbers.First());
        Assert.Equal(
            "launchpad.operations.ended 1 launchpad.operation.kind=upgrade launchpad.outcome=succeeded",
            Assert.Single(_numbers, said => said.StartsWith("launchpad.operations.ended", StringComparison.Ordinal)));
        var seconds = Assert.Single(_numbers, said => said.StartsWith("launchpad.operations.duration", StringComparison.Ordinal)).Split(' ')[1];
        Assert.InRange(double.Parse(seconds, null), 90, 99);
        Assert.Equal(3, _numbers.Count);
    }

    [Fact]
    public async Task A_result_that_is_saved_before_the_end_is_no_end()
    {
        var operation = await BegunAsync();

        await _operations.SaveAsync(operation with { Result = "typed" }, CancellationToken.None);

        Assert.DoesNotContain(_numbers, said => said.Contains("ended", StringComparison.Ordinal));
        Assert.Equal("typed", (await _operations.FindAsync(_account, _id, CancellationToken.None))!.Result);
    }

    [Fact]
    public void A_kind_of_which_none_runs_any_more_is_told_as_zero()
    {
        OperationMetrics.Active([OperationKind.Suspend, OperationKind.Suspend]);

        Assert.Contains("launchpad.operations.active 2 launchpad.operation.kind=suspend", _numbers);
        Assert.Contains("launchpad.operations.active 0 launchpad.operation.kind=resume", _numbers);
    }

    private async Task<Operation> BegunAsync()
    {
        var now = DateTimeOffset.UtcNow;
        var operation = new Operation(
            _id, _account, $"dep_{Guid.NewGuid():N}", OperationKind.Upgrade, OperationStatus.Accepted, _account, now, now.AddHours(1));
        await _operations.AddAsync(operation, CancellationToken.None);
        await _deployments.AddAsync(
            new()
            {
                Id = operation.Deployment,
                Account = _account,
                Name = "Ada",
                Slug = "ada",
                Plan = "starter",
                Settings = new(null, null, Telegram: false),
                CreatedAt = now,
                Operation = new(_id, operation.Kind, now, _account),
            },
            CancellationToken.None);
        await _operations.RecordAsync(operation, "upgrade", CancellationToken.None);
        return operation;
    }

    private void Hear<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _numbers.Enqueue(string.Join(' ', [instrument.Name, $"{value}", .. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")]));

    private static string Tell(Activity span) => string.Join(
        ' ', [span.DisplayName, $"{span.Kind}", $"{span.Status}", .. span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")]);
}
