using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;

namespace Launchpad.Shared;

/// <summary>What the product tells of itself, under OpenTelemetry's rules for names. It costs nothing while nobody listens. Attributes are
/// ids, numbers and words of ours: never what somebody typed, nor what a machine or a service said.</summary>
public static partial class Telemetry
{
    public const string Name = "Launchpad";

    public const string OutcomeTag = "launchpad.outcome";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);

    public static Activity? StartStep(string operation, string step)
    {
        var span = Source.StartActivity($"step {step}");
        return span?.SetTag("launchpad.operation.id", operation).SetTag("launchpad.step", step);
    }

    /// <summary>What a machine is asked to do, over SSH.</summary>
    public static Activity? StartVerb(string? vm, string verb)
    {
        var span = Source.StartActivity($"vm {verb}", ActivityKind.Client);
        return span?.SetTag("launchpad.vm.id", vm).SetTag("launchpad.vm.verb", verb);
    }

    /// <param name="failure">The code of what failed; null when nothing did.</param>
    public static void End(this Activity? span, string outcome, string? failure = null)
    {
        if (span is null)
        {
            return;
        }

        span.SetTag(OutcomeTag, outcome);
        if (failure is not null)
        {
            // Some codes come from a machine.
            span.SetTag("error.type", Code().IsMatch(failure) ? failure : "other").SetStatus(ActivityStatusCode.Error);
        }

        span.Dispose();
    }

    [GeneratedRegex("^[a-z]+(-[a-z]+){0,4}$")]
    private static partial Regex Code();
}
