using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>Every verb, asked of a machine as the control plane asks: whatever script lets it in, none is out of reach.</summary>
public abstract class VerbTests(Machine machine)
{
    private const string Bot = "dep_01VERBS";

    // Whatever answers there is no store, and there is nothing to back up.
    private static readonly Uri s_address = new($"http://{Machine.Model}/blob?sig=none");

    private static BackupRequest NoBackup => new(
        "dep_01VERBLESS", "bak_01VERBS", s_address, $"age1{new string('q', 58)}", HeldSecondsMax: 1, StoppedSecondsMax: 90, Keep: 0);

    private static RestoreRequest NoRestore => new(
        Bot, "bak_01VERBS", Bot, s_address, Convert.ToBase64String("age-encryption.org/v1\n"u8), HeaderBytes: 100,
        $"AGE-SECRET-KEY-1{new string('Q', 58)}", StoredBytes: 200, new string('0', 64), ArchiveBytes: 10240, new string('0', 64),
        StorageMb: 32);

    private ApplyRequest Request => Desired.State(Bot, machine.Image);

    [Fact]
    public async Task Every_verb_is_taken_by_the_machine()
    {
        (VmVerb Verb, Func<Task> Ask)[] all =
        [
            (VmVerb.Facts, () => AskAsync<FactsRequest, FactsResult>(VmVerb.Facts, new())),
            (VmVerb.Validate, () => AskAsync<ValidateRequest, ValidateResult>(VmVerb.Validate, new(Bot, Request.Image!, "{}"))),
            (VmVerb.Apply, () => AskAsync<ApplyRequest, ApplyResult>(VmVerb.Apply, Request)),
            (VmVerb.Health, async () => Assert.True((await machine.HealthAsync(Bot)).Ready)),
            (VmVerb.Measure, () => AskAsync<MeasureRequest, MeasureResult>(VmVerb.Measure, new(Bot))),
            (VmVerb.ExecTest, () => AskAsync<ExecTestRequest, ExecTestResult>(VmVerb.ExecTest, new(Bot, "hello"))),
            (VmVerb.Logs, () => AskAsync<LogsRequest, LogsResult>(VmVerb.Logs, new(Bot))),
            (VmVerb.PairBrowser, () => AskAsync<PairBrowserRequest, PairBrowserResult>(VmVerb.PairBrowser, new(Bot, $"{Guid.NewGuid()}"))),
            (VmVerb.Browsers, async () => Assert.Empty((await machine.AskAsync<BrowsersRequest, BrowsersResult>(VmVerb.Browsers, new(Bot))).Waiting!)),
            (VmVerb.Job, async () => Assert.Null((await machine.JobAsync("verbs", VmVerb.Facts, new FactsRequest())).Job.Error)),
            (VmVerb.Volume, () => AskAsync<VolumeRequest, VolumeResult>(VmVerb.Volume, new(Bot, VolumeAction.Keep, Of: 1))),
            (VmVerb.Backup, () => FailsAsync(VmVerb.Backup, NoBackup, VmErrorCode.NotFound)),
            (VmVerb.Restore, () => FailsAsync(VmVerb.Restore, NoRestore, VmErrorCode.StoreRefused)),
            (VmVerb.Remove, () => machine.RemoveAsync(Bot)),
            (VmVerb.Heartbeat, () => RefusedAsync(VmVerb.Heartbeat, new HeartbeatRequest(Machine.Id, $"http://{Machine.Model}/"))),
        ];
        Assert.Equal(Enum.GetValues<VmVerb>().Order(), all.Select(row => row.Verb).Order());
        foreach (var (_, ask) in all)
        {
            await ask();
        }
    }

    [Fact]
    public async Task What_no_connection_may_ask_for_is_refused_by_the_program_however_it_is_asked()
    {
        var beat = Machine.CallOf(VmVerb.Heartbeat, new HeartbeatRequest(Machine.Id, $"http://{Machine.Model}/"));
        await RefusedAsync(VmVerb.Facts, new FactsRequest(beat));
        await RefusedAsync(VmVerb.Job, new JobRequest("beat", JobAction.Start, beat));
        await RefusedAsync(
            VmVerb.Job, new JobRequest("beat", JobAction.Start, Machine.CallOf(VmVerb.Facts, new FactsRequest(beat))));
        Assert.DoesNotContain("beat", await machine.OnVmAsync("ls /run/launchpad/jobs 2>/dev/null || true"), StringComparison.Ordinal);
    }

    private Task<TValue> AskAsync<TRequest, TValue>(VmVerb verb, TRequest request) => machine.AskAsync<TRequest, TValue>(verb, request);

    private Task RefusedAsync<TRequest>(VmVerb verb, TRequest request) => FailsAsync(verb, request, VmErrorCode.InvalidRequest);

    private async Task FailsAsync<TRequest>(VmVerb verb, TRequest request, string code)
    {
        var failure = await Assert.ThrowsAsync<VmFailedException>(() => AskAsync<TRequest, JobResult>(verb, request));
        Assert.True((failure.Code, failure.Retryable) == (code, false), $"{verb}: {failure.Code}: {failure.Message}");
    }
}

[Collection(MachineCollection.Name)]
public sealed class VerbTestsOfToday(Machine machine) : VerbTests(machine);

[Collection(OldMachineCollection.Name)]
public sealed class VerbTestsOfAnOlderMachine(OldMachine machine) : VerbTests(machine);
