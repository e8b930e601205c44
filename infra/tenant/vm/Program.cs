using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Launchpad.Shared.Vms;
using Launchpad.Vm;
using Launchpad.Vm.Verbs;

// The entry script admits only known verbs; this program checks again, because it also runs without it.
var log = new StepLog(Console.Out);
HangUp.Watch();
using var alive = new Timer(_ => log.Alive(), null, VmLine.AliveEvery, VmLine.AliveEvery);
try
{
    var verb = args is [var word] ? Requests.Verb(word) : throw Requests.Invalid("exactly one verb is expected");
    var document = await Requests.ReadAsync(Console.OpenStandardInput());
    await (verb switch
    {
        VmVerb.Facts => Answer(Requests.Parse(document, VmJson.Default.FactsRequest), Facts.RunAsync, VmJson.Default.FactsResult),
        VmVerb.Apply => Answer(
            Requests.Parse(document, VmJson.Default.ApplyRequest),
            request => new Apply(request, log).RunAsync(),
            VmJson.Default.ApplyResult),
        VmVerb.Remove => Answer(
            Requests.Parse(document, VmJson.Default.RemoveRequest), request => Remove.RunAsync(request, log), VmJson.Default.RemoveResult),
        VmVerb.Health => Answer(Requests.Parse(document, VmJson.Default.HealthRequest), Health.RunAsync, VmJson.Default.HealthResult),
        VmVerb.Logs => Answer(Requests.Parse(document, VmJson.Default.LogsRequest), Logs.RunAsync, VmJson.Default.LogsResult),
        VmVerb.ExecTest => Answer(
            Requests.Parse(document, VmJson.Default.ExecTestRequest), ExecTest.RunAsync, VmJson.Default.ExecTestResult),
        VmVerb.PairBrowser => Answer(
            Requests.Parse(document, VmJson.Default.PairBrowserRequest), PairBrowser.RunAsync, VmJson.Default.PairBrowserResult),
        VmVerb.Validate => Answer(
            Requests.Parse(document, VmJson.Default.ValidateRequest), request => Validate.RunAsync(request, log),
            VmJson.Default.ValidateResult),
        VmVerb.Volume => Answer(Requests.Parse(document, VmJson.Default.VolumeRequest), Volumes.RunAsync, VmJson.Default.VolumeResult),
        VmVerb.Heartbeat => Answer(
            Requests.Parse(document, VmJson.Default.HeartbeatRequest), Heartbeat.RunAsync, VmJson.Default.HeartbeatResult),
        _ => throw Requests.Invalid("this verb is not implemented"),
    });
    return 0;
}
catch (VmFailure failure)
{
    log.Fail(new VmError(failure.Code, failure.Message, failure.Retryable));
    return 1;
}
catch (Exception error) when (error is not OutOfMemoryException)
{
    // Whatever it was, the other side must get a last line; a second run starts from what this one left.
    log.Fail(new VmError(
        VmErrorCode.Internal, $"launchpad-vm failed unexpectedly: {error.GetType().Name}: {error.Message}", Retryable: true));
    return 1;
}

async Task Answer<TRequest, TResult>(TRequest request, Func<TRequest, Task<TResult>> run, JsonTypeInfo<TResult> type) =>
    log.Succeed(JsonSerializer.SerializeToElement(await run(request), type));
