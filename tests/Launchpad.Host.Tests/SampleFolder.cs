using System.Reflection;

namespace Launchpad.Host.Tests;

/// <summary>What a sample app keeps from one process to the next: its settings, its task hub and its journal.</summary>
internal sealed class SampleFolder : IDisposable
{
    public const string MasterKey = "master of all";

    private readonly string _path = Directory.CreateTempSubdirectory("launchpad-host-").FullName;
    private readonly Dictionary<string, string> _settings;

    public SampleFolder(Storage storage, params IEnumerable<(string Name, string Value)> settings)
    {
        _settings = new()
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["AzureWebJobsStorage"] = storage.ConnectionString,
            ["AzureFunctionsJobHost__MasterKey"] = MasterKey,
            ["AzureFunctionsJobHost__extensions__durableTask__hubName"] = $"hub{Guid.NewGuid():N}"[..20],
            ["Durable__Directory"] = Path.Combine(_path, "durable"),
            ["Sample__Folder"] = _path,
            ["Sample__Nightly"] = "0 0 3 * * *",
            ["Sample__Often"] = "0 0 0 1 1 *",
        };
        Set(Engine.AzureStorage);
        Set(settings);
    }

    /// <summary>The published app.</summary>
    public static string App { get; } = typeof(SampleFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "SampleFolder").Value!;

    public IReadOnlyDictionary<string, string> Settings => _settings;

    public string Hub => _settings["AzureFunctionsJobHost__extensions__durableTask__hubName"];

    /// <summary>What the app has written down.</summary>
    public IReadOnlyList<string> Journal
    {
        get
        {
            var journal = Path.Combine(_path, "journal");
            return File.Exists(journal) ? File.ReadAllLines(journal) : [];
        }
    }

    public SampleFolder Set(params IEnumerable<(string Name, string Value)> settings)
    {
        foreach (var (name, value) in settings)
        {
            _settings[name] = value;
        }

        return this;
    }

    /// <summary>Another host of the same app, with a journal and a directory of its own.</summary>
    public SampleFolder Sibling(Storage storage) => new SampleFolder(storage).Set(_settings
        .Where(setting => setting.Key is not ("Sample__Folder" or "Durable__Directory")).Select(setting => (setting.Key, setting.Value)));

    /// <summary>The published app with another host.json.</summary>
    public string AppWith(string hostJson)
    {
        var copy = Directory.CreateDirectory(Path.Combine(_path, "app")).FullName;
        foreach (var file in new DirectoryInfo(App).EnumerateFileSystemInfos().Where(file => file.Name != "host.json"))
        {
            File.CreateSymbolicLink(Path.Combine(copy, file.Name), file.FullName);
        }

        File.WriteAllText(Path.Combine(copy, "host.json"), hostJson);
        return copy;
    }

    /// <summary>Tells the app a word that it waits for.</summary>
    public void Say(string word) => File.WriteAllText(Path.Combine(_path, word), "");

    public Task WritesAsync(string line, int times = 1) =>
        Eventually.True(() => Journal.Count(known => known == line) >= times, $"the app writes '{line}' ({times})");

    public void Dispose() => Directory.Delete(_path, recursive: true);
}

/// <summary>Where the engine of a sample keeps its instances.</summary>
internal static class Engine
{
    // What a host that was killed had in its hands is missing for this long.
    private const string Missing = "00:00:10";

    public static (string, string)[] AzureStorage =>
    [
        ("AzureFunctionsJobHost__extensions__durableTask__storageProvider__partitionCount", "1"),
        ("AzureFunctionsJobHost__extensions__durableTask__storageProvider__workItemQueueVisibilityTimeout", Missing),
        ("AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval", "00:00:00.200"),
    ];

    public static (string, string)[] Sqlite => [("AzureFunctionsJobHost__extensions__durableTask__storageProvider__type", "Sqlite")];
}
