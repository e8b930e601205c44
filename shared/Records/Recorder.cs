using System.Text.Json;
using System.Text.Json.Serialization;
using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.Records;

/// <summary>Writes down what people do with a deployment that is no operation; operations and steps record themselves.</summary>
public sealed class Recorder(RecordStore records)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <param name="actor">Who: an account's id, `operator:…`, or `payment` and the like.</param>
    /// <param name="action">What, as a verb: `read-gateway-token`.</param>
    /// <param name="data">Ids and numbers about it; never a secret, nor what a customer typed.</param>
    public Task ActAsync(string deployment, string actor, string action, object? data, CancellationToken ct) =>
        ActAsync(deployment, actor, action, data, words: null, ct);

    /// <param name="words">What was typed, a name or an address, where one has to know it: it stands beside the chain and can be erased.</param>
    public Task ActAsync(string deployment, string actor, string action, object? data, string? words, CancellationToken ct) =>
        records.AppendAsync(deployment, Action(actor, action, data, words is null ? null : Redactor.Shapes(words)), ct);

    /// <param name="key">What makes it one act however often it is repeated.</param>
    public Task ActOnceAsync(string key, string deployment, string actor, string action, object? data, CancellationToken ct) =>
        records.AppendOnceAsync(deployment, key, [Action(actor, action, data)], ct);

    /// <param name="account">Who is told of it.</param>
    /// <inheritdoc cref="ActOnceAsync(string, string, string, string, object?, CancellationToken)"/>
    public Task TellOnceAsync(string key, string account, string deployment, string actor, string action, object? data, CancellationToken ct) =>
        records.AppendOnceAsync(deployment, key, [Action(actor, action, data) with { Account = account }], ct);

    public static RecordEntry Action(string actor, string action, object? data, string? words = null)
    {
        var about = JsonSerializer.SerializeToNode(data ?? new { }, Json)!.AsObject();
        about["action"] = action;
        if (words is not null)
        {
            about["wordsHash"] = RecordRow.Sha256(words);
        }

        return new(RecordKinds.Action, actor, about, words);
    }
}
