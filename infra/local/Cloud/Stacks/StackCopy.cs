using System.Text.Json;

namespace Launchpad.Local.Stacks;

/// <summary>Whose copy it is, and when it was finished.</summary>
internal sealed record StackAbout(string Home, int Slot, DateTimeOffset At);

/// <summary>A directory with everything of a stack but its machines: the pocket cloud's state and keys, the engine, and what the operator's
/// program took out of the store. It can be read by its owner only, as the home can.</summary>
internal sealed class StackCopy
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private StackCopy(string root) => Root = root;

    public string Root { get; }

    public string Engine => Path.Combine(Root, "durable");

    /// <summary>Written last: what has none is no copy.</summary>
    private string AboutPath => Path.Combine(Root, "stack.json");

    public StackAbout About => JsonSerializer.Deserialize<StackAbout>(File.ReadAllBytes(AboutPath), JsonSerializerOptions.Web)!;

    private string Cloud => Path.Combine(Root, "cloud");

    private string Tls => Path.Combine(Root, "tls");

    public static StackCopy Create(string directory)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new StackException($"{directory} is not empty: a backup is written into a new directory.");
        }

        Directory.CreateDirectory(directory, OwnerOnly);
        return new(directory);
    }

    public static StackCopy Open(string directory)
    {
        var copy = new StackCopy(directory);
        return File.Exists(copy.AboutPath) ? copy : throw new StackException($"{directory} holds no backup that was finished.");
    }

    public void TakeState(Home home)
    {
        Copy(home.State, Cloud);
        Copy(home.Tls, Tls);
    }

    public void PutState(Home home)
    {
        Copy(Cloud, home.State);
        Copy(Tls, home.Tls);
        Copy(Engine, home.Durable);
    }

    public void Finish(StackAbout about) => DurableFile.Write(AboutPath, JsonSerializer.SerializeToUtf8Bytes(about, JsonSerializerOptions.Web));

    // Each file is replaced as a whole by whoever writes it, so it is read as it was at one moment.
    private static void Copy(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(path => Path.GetExtension(path) != ".tmp"))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!, OwnerOnly);
            File.Copy(path, copy, overwrite: true);
        }
    }
}
