using System.Text.Json;
using System.Text.Json.Serialization;

namespace Launchpad.Shared.Vms;

/// <summary>A verb and its document, inside another one.</summary>
public sealed record VmCall(VmVerb Verb, JsonElement Request)
{
    /// <summary>A request may hold secrets.</summary>
    public override string ToString() => $"VmCall {{ Verb = {Verb} }}";
}

/// <summary>What is done with a job.</summary>
public enum JobAction
{
    /// <summary>Begins it, unless one of this name was begun before, and then asks as <see cref="Poll"/> does.</summary>
    [JsonStringEnumMemberName("start")] Start,

    /// <summary>Tells its steps, all of them and those to come, until it ends or the asker has waited long enough.</summary>
    [JsonStringEnumMemberName("poll")] Poll,

    /// <summary>Ends it with everything that it started; what it had done until then stays done.</summary>
    [JsonStringEnumMemberName("cancel")] Cancel,

    /// <summary>Forgets it, once it has ended.</summary>
    [JsonStringEnumMemberName("collect")] Collect,
}

/// <summary>A verb that goes on when nobody listens: it belongs to its name, not to the connection that began it.</summary>
/// <param name="Name">Given by whoever starts it; the same name is the same job.</param>
/// <param name="Call">What it is to do; only for <see cref="JobAction.Start"/>.</param>
/// <param name="WaitSeconds">How long to wait for its end, 20 at most.</param>
public sealed record JobRequest(
    string Name, JobAction Action,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VmCall? Call = null,
    int WaitSeconds = 0) : IQuestion;

/// <summary>How far a job is.</summary>
/// <param name="Value">What the verb answered; null while it goes on, and when it failed.</param>
/// <param name="Error">Why it failed; <see cref="VmErrorCode.JobLost"/> when nothing is known of it, because the machine was restarted or
/// the job was ended from outside.</param>
public sealed record JobResult(string Name, bool Ended, JsonElement? Value = null, VmError? Error = null);
