using Microsoft.Extensions.Configuration;

namespace Launchpad.Host;

/// <summary>host.json as it applies to this process: settings named AzureFunctionsJobHost__… override the file.</summary>
internal sealed class HostJson
{
    public HostJson(IConfiguration settings, string folder) => Values = new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(folder, "host.json"), optional: true, reloadOnChange: false)
        .AddConfiguration(settings.GetSection("AzureFunctionsJobHost"))
        .Build();

    public IConfigurationRoot Values { get; }

    public string RoutePrefix => (Values["extensions:http:routePrefix"] ?? "api").Trim('/');

    /// <summary>How many requests run at the same time; -1 for any number, as on a dedicated plan.</summary>
    public int MaxConcurrentRequests => Values.GetValue("extensions:http:maxConcurrentRequests", -1);

    /// <summary>How many requests run and wait at the same time before further ones are answered 429; -1 for any number.</summary>
    public int MaxOutstandingRequests => Values.GetValue("extensions:http:maxOutstandingRequests", -1);

    /// <summary>Headers that every answer carries.</summary>
    public IReadOnlyDictionary<string, string> CustomHeaders => Values.GetSection("extensions:http:customHeaders").GetChildren()
        .Where(header => header.Value is not null).ToDictionary(header => header.Key, header => header.Value!);

    /// <summary>How long a function may run; null for no limit.</summary>
    public TimeSpan? FunctionTimeout => Values["functionTimeout"] switch
    {
        null or "-1" => null,
        var text => TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var limit) && limit > TimeSpan.Zero
            ? limit
            : throw new FormatException($"host.json: functionTimeout is a time span such as 00:10:00, or -1, and not '{text}'."),
    };

    public IConfigurationSection Logging => Values.GetSection("logging");

    /// <summary>The key that opens everything, or null: then nothing that asks for it can be opened.</summary>
    public string? MasterKey => Values["MasterKey"];
}
