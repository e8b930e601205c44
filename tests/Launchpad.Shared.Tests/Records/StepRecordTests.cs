using Launchpad.Processes;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Ssh;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Shared.Tests.Records;

public sealed class StepRecordTests(Azurite azurite) : StorageTests(azurite)
{
    [Fact]
    public async Task A_step_is_recorded_when_it_starts_and_when_it_ends_with_the_hash_of_its_input()
    {
        var (operation, steps, _) = await BegunAsync(OperationKind.Provision, "payment");
        ActivityInput.Enter(new { Order = 1 });
        await steps.RunAsync(operation.Target, Steps.Reserve, null, _ => Task.FromResult<string?>("A machine has room"), Ct);

        var rows = await TalesAsync();
        Assert.Equal($$"""action payment {"action":"asked","operation":"{{operation.Id}}"}""", rows[0]);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("""{"order":1}"""u8));
        Assert.Equal(
            $$"""step launchpad {"attempt":1,"inputHash":"{{hash}}","operation":"{{operation.Id}}","outcome":"started","step":"reserve"}""",
            rows[1]);
        Assert.Contains("\"outcome\":\"done\"", rows[2], StringComparison.Ordinal);
        Assert.Contains("\"detail\":\"A machine has room\"", rows[2], StringComparison.Ordinal);
        Assert.Contains("\"durationMs\":", rows[2], StringComparison.Ordinal);
        Assert.Equal(3, rows.Count);
    }

    [Fact]
    public async Task A_failed_attempt_its_retry_and_the_undo_are_told_apart()
    {
        var (operation, steps, operations) = await BegunAsync(OperationKind.Provision, "payment");
        await Assert.ThrowsAsync<VmFailedException>(() => steps.RunAsync(
            operation.Target, Steps.Start, null,
            Task<string?> (_) => throw new VmFailedException("unreachable", "it said: canary of the machine", retryable: true), Ct));
        await steps.RunAsync(operation.Target, Steps.Start, null, _ => Task.FromResult<string?>(null), Ct);
        await steps.RunAsync(operation.Target, Steps.UndoReserve, null, _ => Task.FromResult<string?>(null), Ct);

        var rows = await TalesAsync();
        Assert.Equal(7, rows.Count);
        Assert.Contains("\"attempt\":1,\"code\":\"unreachable\"", rows[2], StringComparison.Ordinal);
        Assert.Contains("\"attempt\":2", rows[3], StringComparison.Ordinal);
        Assert.Contains("\"attempt\":2", rows[4], StringComparison.Ordinal);
        Assert.Contains("\"compensates\":\"reserve\"", rows[5], StringComparison.Ordinal);
        Assert.DoesNotContain(rows, row => row.Contains("canary", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(["start", "undo-reserve"], (await operations.StepsAsync(operation.Id, Ct)).Select(step => step.Name));
    }

    [Fact]
    public async Task Many_looks_at_a_step_are_one_row_for_each_thing_there_was_to_say_and_one_attempt()
    {
        var (operation, steps, operations) = await BegunAsync(OperationKind.Provision, "payment");
        string[] looks = ["It does not run yet.", "It does not run yet.", "It runs and is not ready yet.", "It runs and is not ready yet."];
        foreach (var detail in looks)
        {
            Assert.False(await LookAsync(detail, finished: false));
        }

        Assert.True(await LookAsync("The bot answers that it is ready.", finished: true));
        var rows = await TalesAsync();
        Assert.Equal(["started", "waiting", "waiting", "done"], rows.Skip(1).Select(Outcome));
        Assert.All(rows.Skip(1), row => Assert.Contains("\"attempt\":1", row, StringComparison.Ordinal));
        Assert.Equal(1, Assert.Single(await operations.StepsAsync(operation.Id, Ct)).Attempt);

        Task<bool> LookAsync(string detail, bool finished) => steps.PollAsync(
            operation.Target, Steps.Health, "The bot is starting up.",
            _ => Task.FromResult<(bool, string?, bool)>((finished, detail, finished)), Ct);
    }

    /// <summary>The process dies at every call that writes, in turn; what then runs again makes the chain whole and tells of the
    /// attempt.</summary>
    [Theory]
    [InlineData(0, "1 started,1 done")]
    [InlineData(1, "1 started,2 started,2 done")]
    public async Task A_crash_at_any_write_leaves_a_whole_chain_and_the_next_attempt_says_so(int survived, string expected)
    {
        var (operation, _, operations) = await BegunAsync(OperationKind.Restart, Account);
        var calls = 0;
        var dying = new OperationStore(Tables, new RecordStore(
            await FaultyAsync(request => RecordStoreTests.IsWrite(request) && calls++ >= survived ? CallFault.Crash : CallFault.None),
            TimeProvider.System));
        var effects = 0;
        await Assert.ThrowsAnyAsync<Exception>(() => ActAsync(dying));
        await ActAsync(operations);

        Assert.Equal(survived + 1, effects);
        var told = (await ChainAsync()).Where(row => row.Kind == RecordKinds.Step)
            .Select(row => System.Text.Json.JsonElement.Parse(row.Data))
            .Select(data => $"{data.GetProperty("attempt")} {data.GetProperty("outcome").GetString()}");
        Assert.Equal(expected, string.Join(',', told));
        Assert.Equal(StepStatus.Done, Assert.Single(await operations.StepsAsync(operation.Id, Ct)).Status);

        Task ActAsync(OperationStore store) => StepsOf(store).RunAsync(
            operation.Target, Steps.Start, null,
            _ =>
            {
                effects++;
                return Task.FromResult<string?>(null);
            },
            Ct);
    }

    [Fact]
    public async Task A_step_row_and_its_record_are_written_together_or_not_at_all()
    {
        var (operation, _, operations) = await BegunAsync(OperationKind.Restart, Account);
        var lost = 0;
        var flaky = new OperationStore(Tables, new RecordStore(
            await FaultyAsync(request => RecordStoreTests.IsWrite(request) && lost++ % 2 == 0 ? CallFault.AnswerLost : CallFault.None),
            TimeProvider.System));
        await StepsOf(flaky).RunAsync(operation.Target, Steps.Start, null, _ => Task.FromResult<string?>("fine"), Ct);

        Assert.Equal(["started", "done"], (await TalesAsync()).Skip(1).Select(Outcome));
        Assert.Equal("fine", Assert.Single(await operations.StepsAsync(operation.Id, Ct)).Detail);
    }

    [Fact]
    public async Task An_operation_is_recorded_once_with_who_asked_and_without_what_was_typed()
    {
        var (_, _, operations) = await BegunAsync(OperationKind.TestMessage, Account);
        var deleted = Asked(OperationKind.Terminate, Account);
        await Task.WhenAll(operations.RecordAsync(deleted, "delete", Ct), operations.RecordAsync(deleted, "delete", Ct));
        await operations.RecordAsync(deleted, "delete", Ct);

        var rows = await TalesAsync();
        Assert.Equal(2, rows.Count);
        Assert.StartsWith($$"""action {{Account}} {"action":"asked","operation":"op_""", rows[0], StringComparison.Ordinal);
        Assert.Equal($$"""action {{Account}} {"action":"delete","operation":"{{deleted.Id}}"}""", rows[1]);
        Assert.DoesNotContain(rows, row => row.Contains("canary", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task An_operation_that_never_got_its_deployment_is_not_recorded()
    {
        var operations = new OperationStore(Tables, Records);
        var operation = Asked(OperationKind.Restart, Account);
        await operations.AddAsync(operation, Ct);
        await operations.RemoveAsync(operation, Ct);
        Assert.Empty(await ChainAsync());
        Assert.Empty(await Tables.Operations.QueryAsync<Azure.Data.Tables.TableEntity>($"PartitionKey eq '{operation.Id}'").ToListAsync());
    }

    /// <summary>A step that goes on says why it did not; one that takes back has nothing to say of what is not its own any more.</summary>
    [Theory]
    [InlineData(false, "preempted")]
    [InlineData(true, "cancelled")]
    public async Task A_step_of_an_operation_that_may_not_take_it_does_nothing(bool cancelled, string code)
    {
        var (operation, steps, operations) = await BegunAsync(OperationKind.Provision, Account);
        await (cancelled
            ? Tables.Deployments.UpsertEntityAsync(
                new Azure.Data.Tables.TableEntity(Account, Deployment) { ["operationCancelled"] = true }, cancellationToken: Ct)
            : HoldAsync(Asked(OperationKind.Terminate, Account)));
        var effects = 0;
        var refused = await Assert.ThrowsAnyAsync<PermanentException>(() => ActAsync(Steps.Start));
        Assert.Equal((code, 0), (refused.Code, effects));
        Assert.Equal((StepStatus.Failed, code), (await operations.StepsAsync(operation.Id, Ct)).Select(step => (step.Status, step.Code)).Single());

        if (cancelled)
        {
            await ActAsync(Steps.UndoBot);
            Assert.Equal(1, effects);
            return;
        }

        await Assert.ThrowsAsync<NotHeldException>(() => ActAsync(Steps.UndoBot));
        Assert.Equal(0, effects);
        Assert.Equal(["start"], (await operations.StepsAsync(operation.Id, Ct)).Select(step => step.Name));

        Task ActAsync(Step step) => steps.RunAsync(
            operation.Target, step, null,
            _ =>
            {
                effects++;
                return Task.FromResult<string?>(null);
            },
            Ct);
    }

    [Fact]
    public async Task A_step_that_was_left_open_is_ended_as_the_same_attempt()
    {
        var (operation, steps, _) = await BegunAsync(OperationKind.Terminate, Account);
        await steps.PollAsync<bool>(
            operation.Target, Steps.UndoWindow, null, _ => Task.FromResult<(bool, string?, bool)>((true, "Until noon.", false)), Ct);
        await steps.RunAsync(operation.Target, Steps.UndoWindow, null, _ => Task.FromResult<string?>("It is over."), Ct);
        var rows = (await TalesAsync()).Skip(1).ToList();
        Assert.Equal(["started", "waiting", "done"], rows.Select(Outcome));
        Assert.All(rows, row => Assert.Contains("\"attempt\":1", row, StringComparison.Ordinal));
    }

    /// <summary>One piece of work that reports several steps: where it broke off it has begun, so going on is another attempt.</summary>
    [Fact]
    public async Task Work_that_is_followed_is_another_attempt_when_it_is_repeated()
    {
        var (operation, steps, _) = await BegunAsync(OperationKind.Restart, Account);
        Step[] path = [Steps.Configure, Steps.Pull];
        await Assert.ThrowsAsync<VmFailedException>(() => FollowAsync(progress =>
        {
            progress.Report(new(Ended: true, null));
            progress.Report(new(Ended: false, "The machine does not have this image yet."));
            throw new VmFailedException("unreachable", "gone", retryable: true);
        }));
        await FollowAsync(progress =>
        {
            progress.Report(new(Ended: true, "It was so already."));
            progress.Report(new(Ended: true, null));
        });

        var told = (await ChainAsync()).Skip(1).Select(row => System.Text.Json.JsonElement.Parse(row.Data)).Select(step =>
            $"{step.GetProperty("step").GetString()} {step.GetProperty("attempt")} {step.GetProperty("outcome").GetString()}");
        Assert.Equal(
            [
                "configure 1 started", "configure 1 done", "pull 1 started", "pull 1 waiting", "pull 1 failed",
                "configure 2 started", "configure 2 done", "pull 2 started", "pull 2 done",
            ],
            told);

        Task FollowAsync(Action<IProgress<StepReport>> work) => steps.FollowAsync(
            operation.Target, path,
            (_, progress) =>
            {
                work(progress);
                return Task.CompletedTask;
            },
            Ct);
    }

    [Theory]
    [InlineData("https://canary-words-12345678.bots.example:8443", "[address]")]
    [InlineData("sk-live-0123456789abcdefghijklmnopqrstuvwxyz", "[key]")]
    [InlineData("123456789:AAE-canaryCANARYcanaryCANARY012345", "[key]")]
    [InlineData("vm_01K9ZZZZZZZZZZZZZZZZZZZZZZ", "vm_01K9ZZZZZZZZZZZZZZZZZZZZZZ")]
    public async Task Details_hold_no_address_and_nothing_that_looks_like_a_key(string detail, string recorded)
    {
        var (operation, steps, _) = await BegunAsync(OperationKind.Provision, "payment");
        await steps.RunAsync(operation.Target, Steps.Route, null, _ => Task.FromResult<string?>(detail), Ct);
        Assert.Contains($"\"detail\":\"{recorded}\"", (await TalesAsync())[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_that_names_parts_of_the_customers_config_is_recorded_without_them()
    {
        var (operation, steps, operations) = await BegunAsync(OperationKind.Update, Account);
        await steps.RunAsync(operation.Target, Steps.Draft, null, _ => Task.FromResult<string?>("Version 2: config.canaryWords"), Ct);
        Assert.DoesNotContain(await TalesAsync(), row => row.Contains("canary", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("canary", Assert.Single(await operations.StepsAsync(operation.Id, Ct)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_steps_of_two_operations_are_kept_apart_and_in_order()
    {
        var (one, steps, operations) = await BegunAsync(OperationKind.Provision, "payment");
        var other = Asked(OperationKind.Terminate, Account);
        await operations.AddAsync(other, Ct);
        foreach (var (operation, step) in new[] { (one, Steps.Route), (other, Steps.Unroute), (one, Steps.Validate) })
        {
            await HoldAsync(operation);
            await steps.RunAsync(operation.Target, step, null, _ => Task.FromResult<string?>(null), Ct);
        }

        var fresh = new OperationStore(Tables, Records);
        Assert.Equal(["validate", "route"], (await fresh.StepsAsync(one.Id, Ct)).Select(step => step.Name));
        Assert.Equal(["unroute"], (await fresh.StepsAsync(other.Id, Ct)).Select(step => step.Name));
        await Assert.ThrowsAsync<PermanentException>(() => fresh.StepsAsync("op_never", Ct));
    }

    private async Task<(Operation, StepLog, OperationStore)> BegunAsync(OperationKind kind, string by)
    {
        var operations = new OperationStore(Tables, Records);
        var operation = Asked(kind, by);
        await operations.AddAsync(operation, Ct);
        await HoldAsync(operation);
        await operations.RecordAsync(operation, "asked", Ct);
        return (operation, StepsOf(operations), operations);
    }

    private static string Outcome(string row) => row.Split("\"outcome\":\"")[1].Split('"')[0];
}
