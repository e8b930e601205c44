using System.Text.Json;

namespace Launchpad.Shared.Records;

/// <summary>Writes down what people do with a deployment that is no operation; operations and steps record themselves.</summary>
public sealed class Recorder(RecordStore records)
{
    /// <param name="actor">Who: an account's id, `operator:…`, or `payment` and the like.</param>
    /// <param name="action">What, as a verb: `read-gateway-token`.</param>
    /// <param name="data">Ids and numbers about it; never a secret, nor what a customer typed.</param>
    public Task ActAsync(string deployment, string actor, string action, object? data, CancellationToken ct) =>
        records.AppendAsync(deployment, Action(actor, action, data), ct);

    /// <param name="key">What makes it one act however often it is repeated.</param>
    public Task ActOnceAsync(string key, string deployment, string actor, string action, object? data, CancellationToken ct) =>
        records.AppendOnceAsync(deployment, key, [Action(actor, action, data)], ct);

    public static RecordEntry Action(string actor, string action, object? data)
    {
        var about = JsonSerializer.SerializeToNode(data ?? new { }, JsonSerializerOptions.Web)!.AsObject();
        about["action"] = action;
        return new(RecordKinds.Action, actor, about);
    }
}
