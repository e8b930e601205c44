namespace Launchpad.Local.Site;

/// <summary>One build of the site, in memory: what is not in it when it is read cannot be asked for, whatever a path says.</summary>
internal sealed class SiteBuild
{
    private readonly Dictionary<string, SiteFile> _files = new(StringComparer.Ordinal);

    private SiteBuild(SiteConfig config) => Config = config;

    public SiteConfig Config { get; }

    public static SiteBuild Read(string folder)
    {
        var config = Path.Combine(folder, SiteConfig.FileName);
        var build = new SiteBuild(File.Exists(config) ? SiteConfig.Read(File.ReadAllBytes(config)) : new());
        foreach (var file in Files(folder).Where(file => file.FullName != config))
        {
            var path = "/" + Path.GetRelativePath(folder, file.FullName);
            build._files[path] = new SiteFile(path, File.ReadAllBytes(file.FullName), build.Config.MimeTypes);
        }

        return build;
    }

    public static IEnumerable<FileInfo> Files(string folder) => new DirectoryInfo(folder)
        // A link could lead out of the folder.
        .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });

    public SiteFile? Find(string path) => _files.GetValueOrDefault(path.EndsWith('/') ? path + "index.html" : path);
}

/// <summary>The folder that the web app is built into. A new build is served as soon as it is whole.</summary>
internal sealed class SiteFolder(string folder, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Lock _reading = new();
    private SiteBuild? _build;
    private (int, long, DateTime) _state;
    private long _looked;

    /// <summary>Null when there is none yet.</summary>
    public SiteBuild? Current()
    {
        lock (_reading)
        {
            if (_looked == 0 || time.GetElapsedTime(_looked) >= LookAgain)
            {
                Look();
                _looked = time.GetTimestamp();
            }

            return _build;
        }
    }

    private void Look()
    {
        if (!File.Exists(Path.Combine(folder, "index.html")))
        {
            // While it is being built again, what was there goes on.
            return;
        }

        try
        {
            var state = State();
            if (state != _state)
            {
                (_build, _state) = (SiteBuild.Read(folder), state);
            }
        }
        catch (IOException) when (_build is not null)
        {
            // A file was replaced meanwhile: the next look finds what replaced it.
        }
    }

    private (int, long, DateTime) State()
    {
        var files = SiteBuild.Files(folder).ToList();
        return (files.Count, files.Sum(file => file.Length), files.Max(file => file.LastWriteTimeUtc));
    }
}
