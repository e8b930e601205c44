using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Launchpad.Shared.Records;

/// <summary>What a row is about.</summary>
public static class RecordKinds
{
    public const string Action = "action";
    public const string Status = "status";
    public const string Step = "step";
}

/// <summary>Something to be recorded.</summary>
/// <param name="Actor">An account's id, `operator:` and that of one of the staff, or what acted without a person: `launchpad`, `payment`, `sweep`.</param>
/// <param name="Data">Serialized as it stands: no secret and nothing that a customer typed may be in it.</param>
/// <param name="Words">What a failure said, without secrets. It stands beside the chain, which has only <see cref="RecordRow.Sha256"/> of it,
/// so that it can be erased; null for nothing.</param>
/// <param name="Account">Who is told of it (<see cref="News"/>); null where nobody is.</param>
public sealed record RecordEntry(string Kind, string Actor, object Data, string? Words = null, string? Account = null);

/// <summary>The end of a chain: what the next row joins on to.</summary>
public sealed record RecordHead(long Sequence, string Hash)
{
    /// <summary>Before the first row. Its hash names the deployment, so that no row fits into the chain of another.</summary>
    public static RecordHead Before(string deployment) => new(-1, RecordRow.Sha256($"launchpad-record-1 {deployment}"));
}

/// <summary>One row of a deployment's record, which is a chain: every row holds the hash of the one before it.</summary>
/// <param name="At">UTC with milliseconds, `2026-01-31T08:00:00.000Z`: text, because text is what is hashed.</param>
/// <param name="Data">Canonical JSON.</param>
public sealed record RecordRow(long Sequence, string At, string Kind, string Actor, string Data, string Previous, string Hash)
{
    public static RecordRow After(RecordHead head, DateTimeOffset at, RecordEntry entry)
    {
        var row = new RecordRow(
            head.Sequence + 1, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null), entry.Kind, entry.Actor,
            CanonicalJson.Of(entry.Data), head.Hash, "")
        {
            Words = entry.Words,
        };
        return row with { Hash = row.ComputeHash() };
    }

    /// <summary>What stands beside the row; null when nothing does, or not any more.</summary>
    public string? Words { get; init; }

    public RecordHead AsHead => new(Sequence, Hash);

    /// <summary>SHA-256 over the canonical JSON of everything but the hash itself: the form is written down in ADR 8.</summary>
    public string ComputeHash() => Sha256(CanonicalJson.Of(new
    {
        Sequence,
        At,
        Kind,
        Actor,
        Data = JsonElement.Parse(Data),
        Previous,
    }));

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
