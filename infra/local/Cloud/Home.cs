namespace Launchpad.Local;

/// <summary>The two directories of a stack: its own state, and the machine-wide cache that stacks share.</summary>
public sealed class Home
{
    private const int SocketPathBytesMax = 107;

    public Home(string root, string cache)
    {
        Root = Path.GetFullPath(root);
        Cache = Path.GetFullPath(cache);
        foreach (var directory in (string[])[Root, Cache, .. Own])
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public string Root { get; }
    public string Cache { get; }
    public string Tls => Path.Combine(Root, "tls");
    public string Sockets => Path.Combine(Root, "sockets");
    public string Logs => Path.Combine(Root, "logs");
    public string Run => Path.Combine(Root, "run");
    public string State => Path.Combine(Root, "cloud");
    public string Durable => Path.Combine(Root, "durable");

    public string Azurite => Path.Combine(Root, "azurite");

    /// <summary>False for a directory in which no stack was ever started.</summary>
    public bool IsUsed => File.Exists(KeyPath("identity"));

    private string[] Own => [Tls, Sockets, Logs, Run, State, Durable, Azurite];

    public static string Npm => Path.Combine(Repository, "infra", "local", "npm", "node_modules");

    /// <summary>The checkout this program was built from: it is a tool of that checkout and finds the rest of it from there.</summary>
    public static string Repository { get; } = typeof(Home).Assembly
        .GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
        .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!;

    /// <summary>Deletes what a stack put here; what somebody else did stays, and then the directory with it.</summary>
    public void Delete()
    {
        foreach (var directory in Own)
        {
            Directory.Delete(directory, recursive: true);
        }

        if (!Directory.EnumerateFileSystemEntries(Root).Any())
        {
            Directory.Delete(Root);
        }
    }

    public string KeyPath(string name) => Path.Combine(State, name + ".key");
    public string StatePath(string service) => Path.Combine(State, service + ".json");
    public string SocketPath(string name)
    {
        var path = Path.Combine(Sockets, name);
        return System.Text.Encoding.UTF8.GetByteCount(path) <= SocketPathBytesMax
            ? path
            : throw new StackException(
                $"{Root} is too long a path: the kernel takes {SocketPathBytesMax} bytes for a socket, {path} has more.");
    }
}
