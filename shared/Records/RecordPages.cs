using System.Text.Json;
using System.Text.Json.Serialization;
using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Records;

/// <param name="Words">What a failure said; the row itself has only its hash, so that it can be erased. Null for nothing.</param>
public sealed record RecordRowView(
    long Sequence, string At, string Kind, string Actor, JsonElement Data, string Previous, string Hash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Words = null)
{
    public static RecordRowView Of(RecordRow row) =>
        new(row.Sequence, row.At, row.Kind, row.Actor, JsonElement.Parse(row.Data), row.Previous, row.Hash, row.Words);
}

/// <param name="Head">The newest row. Whoever keeps its hash can tell later whether anything before it was rewritten.</param>
/// <param name="Next">What to ask for rows after; null when these were the last.</param>
public sealed record RecordPage(string Deployment, IReadOnlyList<RecordRowView> Rows, RecordHead Head, long? Next);

/// <summary>A deployment's record as its owner sees it.</summary>
public sealed class RecordPages(RecordStore records, DeploymentStore deployments)
{
    /// <summary>What a deployment that was just read has to tell, and the record has not, is written.</summary>
    public Task SettleAsync(Deployment deployment, CancellationToken ct) => deployments.RecordAsync(deployment, ct);

    /// <param name="deployment">Its id.</param>
    /// <param name="after">The sequence number of the last row that is known; -1 for none.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<RecordPage> ReadAsync(string deployment, long after, CancellationToken ct)
    {
        var head = await records.HeadAsync(deployment, ct);
        var rows = await records.ReadAsync(deployment, after, head.Sequence, ct);
        var next = rows is [.., var last] && last.Sequence < head.Sequence ? last.Sequence : (long?)null;
        return new(deployment, [.. rows.Select(RecordRowView.Of)], head, next);
    }
}
