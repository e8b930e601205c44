namespace Launchpad.Images;

/// <summary>One path of a layer. Owner and mode are what the image says, not what the building machine happens to have.</summary>
/// <param name="Path">Relative to the root, with slashes, without one at either end.</param>
internal sealed record LayerEntry(string Path, UnixFileMode Mode, int Owner = 0)
{
    public string? LinkTarget { get; init; }

    public string? SourceFile { get; init; }

    public byte[]? Bytes { get; init; }
}

/// <summary>Collects what goes into one layer; the same content always gives the same layer.</summary>
internal sealed class LayerContent
{
    public const UnixFileMode Directory = (UnixFileMode)0b111_101_101;
    public const UnixFileMode ReadOnlyFile = (UnixFileMode)0b110_100_100;
    public const UnixFileMode Program = (UnixFileMode)0b111_101_101;
    public const UnixFileMode SharedDirectory = (UnixFileMode)0b1_111_111_111;

    private const UnixFileMode PrivilegeBits = UnixFileMode.SetUser | UnixFileMode.SetGroup;
    private readonly SortedDictionary<string, LayerEntry> _entries = new(StringComparer.Ordinal);

    public IEnumerable<LayerEntry> Entries => _entries.Values;

    public void AddDirectory(string path, UnixFileMode mode = Directory, int owner = 0) => Add(new(path, mode, owner));

    public void AddBytes(string path, byte[] content, UnixFileMode mode = ReadOnlyFile) => Add(new(path, mode) { Bytes = content });

    public void AddFile(string path, string sourceFile, UnixFileMode mode = ReadOnlyFile) =>
        Add(new(path, mode) { SourceFile = sourceFile });

    public void AddLink(string path, string target) => Add(new(path, (UnixFileMode)0b111_111_111) { LinkTarget = target });

    /// <summary>Everything beneath a folder of this machine for which <paramref name="keep"/>, asked with the path in the image, says yes.
    /// Privilege bits are dropped: nothing in a tenant's container changes its user.</summary>
    public void AddTree(string sourceFolder, string prefix, Func<string, bool> keep)
    {
        var everything = new EnumerationOptions { AttributesToSkip = 0 };
        foreach (var found in new DirectoryInfo(sourceFolder).EnumerateFileSystemInfos("*", everything))
        {
            var path = prefix.Length is 0 ? found.Name : $"{prefix}/{found.Name}";
            if (!keep(path))
            {
                continue;
            }

            if (found.LinkTarget is { } target)
            {
                // A link has no mode of its own, and where it points to is a place of the image, not of this machine.
                AddLink(path, target);
                continue;
            }

            var mode = found.UnixFileMode & ~PrivilegeBits;
            if (found is DirectoryInfo)
            {
                Add(new(path, mode));
                AddTree(found.FullName, path, keep);
            }
            else
            {
                Add(new(path, mode) { SourceFile = found.FullName });
            }
        }
    }

    private void Add(LayerEntry entry)
    {
        // Parents first, or an unpacker invents them with a mode of its own.
        var parent = Path.GetDirectoryName(entry.Path);
        if (!string.IsNullOrEmpty(parent) && !_entries.ContainsKey(parent))
        {
            Add(new(parent, Directory));
        }

        _entries[entry.Path] = entry;
    }
}
