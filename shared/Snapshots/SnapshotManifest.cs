namespace Launchpad.Shared.Snapshots;

/// <summary>Says what a snapshot holds. It is written last: what has none is no snapshot.</summary>
/// <param name="Name">When it was begun, as the store calls it.</param>
/// <param name="Build">The version that wrote it.</param>
/// <param name="Begun">Before the first row was read.</param>
/// <param name="Ended">After the last.</param>
/// <param name="Recipient">Whom its files are closed for; null for nobody.</param>
public sealed record SnapshotManifest(
    int Format, string Name, string Build, DateTimeOffset Begun, DateTimeOffset Ended, string? Recipient, IReadOnlyList<SnapshotFile> Files)
{
    public const int FormatOfToday = 1;

    public SnapshotFile this[string content] =>
        Files.FirstOrDefault(file => file.Content == content)
        ?? throw new InvalidDataException($"The snapshot {Name} has no {content}.");
}

/// <param name="Content">The table, or the vault.</param>
/// <param name="Sha256">Of the file as it is in the store, lower-case hexadecimal.</param>
public sealed record SnapshotFile(string Content, string Name, long Rows, string Sha256);

/// <summary>What is known of a secret; never its value.</summary>
public sealed record SecretName(string Name, string Version, DateTimeOffset? CreatedOn, DateTimeOffset? UpdatedOn, bool? Enabled);
