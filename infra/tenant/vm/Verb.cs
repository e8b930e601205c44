using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Launchpad.Shared.Vms;
using Launchpad.Vm.Verbs;

namespace Launchpad.Vm;

/// <summary>All that this program can do, in one list. What lets connections in knows none of it.</summary>
internal static class Verb
{
    // Kept by sudo and by every entry script: a program that was started by a connection has it.
    private const string Connection = "SSH_ORIGINAL_COMMAND";

    /// <summary>Refuses what is not of the protocol; what is returned does it.</summary>
    public static Func<Task<JsonElement>> Prepare(VmVerb verb, byte[] document, StepLog log)
    {
        return verb switch
        {
            VmVerb.Facts => Requests.Parse(document, VmJson.Default.FactsRequest).Call is { } call
                ? Prepare(call.Verb, Requests.Bytes(call.Request), log)
                : Of(VmJson.Default.FactsRequest, Facts.RunAsync, VmJson.Default.FactsResult),
            VmVerb.Apply => Of(
                VmJson.Default.ApplyRequest, request => new Apply(request, log).RunAsync(), VmJson.Default.ApplyResult),
            VmVerb.Remove => Of(VmJson.Default.RemoveRequest, request => Remove.RunAsync(request, log), VmJson.Default.RemoveResult),
            VmVerb.Health => Of(VmJson.Default.HealthRequest, Health.RunAsync, VmJson.Default.HealthResult),
            VmVerb.Logs => Of(VmJson.Default.LogsRequest, Logs.RunAsync, VmJson.Default.LogsResult),
            VmVerb.ExecTest => Of(VmJson.Default.ExecTestRequest, ExecTest.RunAsync, VmJson.Default.ExecTestResult),
            VmVerb.PairBrowser => Of(VmJson.Default.PairBrowserRequest, PairBrowser.RunAsync, VmJson.Default.PairBrowserResult),
            VmVerb.Browsers => Of(VmJson.Default.BrowsersRequest, WaitingBrowsers.RunAsync, VmJson.Default.BrowsersResult),
            VmVerb.Validate => Of(
                VmJson.Default.ValidateRequest, request => Validate.RunAsync(request, log), VmJson.Default.ValidateResult),
            VmVerb.Volume => Of(VmJson.Default.VolumeRequest, Volumes.RunAsync, VmJson.Default.VolumeResult),
            VmVerb.Measure => Of(VmJson.Default.MeasureRequest, Volumes.MeasureAsync, VmJson.Default.MeasureResult),
            VmVerb.Backup => Of(
                VmJson.Default.BackupRequest, request => new Backup(request, log).RunAsync(), VmJson.Default.BackupResult),
            VmVerb.Restore => Of(
                VmJson.Default.RestoreRequest, request => new Restore(request, log).RunAsync(), VmJson.Default.RestoreResult),
            VmVerb.Job => Of(VmJson.Default.JobRequest, request => Job.RunAsync(request, log), VmJson.Default.JobResult),
            VmVerb.Heartbeat when Environment.GetEnvironmentVariable(Connection) is null =>
                Of(VmJson.Default.HeartbeatRequest, Heartbeat.RunAsync, VmJson.Default.HeartbeatResult),
            VmVerb.Heartbeat => throw Requests.Invalid("the machine itself runs this verb; no connection may ask for it"),
            _ => throw Requests.Invalid("this verb is not implemented"),
        };

        Func<Task<JsonElement>> Of<TRequest, TResult>(
            JsonTypeInfo<TRequest> requestType, Func<TRequest, Task<TResult>> run, JsonTypeInfo<TResult> resultType)
            where TRequest : class
        {
            var request = Requests.Parse(document, requestType);
            return async () => JsonSerializer.SerializeToElement(await run(request), resultType);
        }
    }

    /// <summary>Whatever becomes of it, the last line is a result; a second run starts from what this one left.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> AnswerAsync(StepLog log, Func<Task<JsonElement>> run)
    {
        try
        {
            log.Succeed(await run());
            return 0;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            var failure = VmFailure.Of(error);
            log.Fail(new VmError(failure.Code, failure.Message, failure.Retryable));
            return 1;
        }
    }
}
