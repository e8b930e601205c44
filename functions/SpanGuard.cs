using System.Collections.Frozen;
using System.Diagnostics;
using OpenTelemetry;

namespace Launchpad.Functions;

/// <summary>Lets out of a span only what is known to be harmless. Libraries put addresses, headers and whole exceptions on theirs, and in
/// those may be what a customer typed, what a machine said, or a secret.</summary>
internal sealed class SpanGuard : BaseProcessor<Activity>
{
    private static readonly FrozenSet<string> Harmless = FrozenSet.Create(
        "http.request.method", "http.response.status_code", "http.route", "network.protocol.version", "url.scheme", "error.type",
        "faas.name", "faas.invocation_id",
        "durabletask.type", "durabletask.task.name", "durabletask.task.version", "durabletask.task.instance_id",
        "durabletask.task.execution_id", "durabletask.task.task_id", "durabletask.task.operation", "durabletask.fire_at",
        "az.namespace", "az.client_request_id", "az.service_request_id",
        "launchpad.operation.id", "launchpad.step", "launchpad.outcome", "launchpad.vm.id", "launchpad.vm.verb");

    public override void OnEnd(Activity data)
    {
        foreach (var name in data.TagObjects.Where(tag => !Harmless.Contains(tag.Key)).Select(tag => tag.Key).ToList())
        {
            data.SetTag(name, null);
        }

        // A status keeps no description, and what callers send as their trace's state goes no further. Without a state of its own a span
        // shows its parent's.
        data.SetStatus(data.Status);
        data.TraceStateString = "";
        if (data.Events.Any() || data.Links.Any())
        {
            // Neither can be taken off a span. Nothing that is listened to writes any.
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
