using System.Globalization;

namespace Launchpad.Host;

/// <summary>host.json as it applies to this process: settings named AzureFunctionsJobHost__… override the file. What makes no sense is
/// refused before anything starts.</summary>
internal sealed class HostJson
{
    private const string RoutePrefixName = "extensions:http:routePrefix";

    public HostJson(IConfiguration settings, string folder)
    {
        var file = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(folder, "host.json"), optional: true, reloadOnChange: false).Build();
        Values = new ConfigurationBuilder().AddConfiguration(file).AddConfiguration(settings.GetSection("AzureFunctionsJobHost")).Build();
        RoutePrefix = (Values[RoutePrefixName] ?? "api").Trim('/');
        if (Values[RoutePrefixName] != file[RoutePrefixName])
        {
            throw new FormatException($"{RoutePrefixName} can be set in host.json only: the app itself reads it from there.");
        }

        MaxConcurrentRequests = Count("extensions:http:maxConcurrentRequests");
        MaxOutstandingRequests = Count("extensions:http:maxOutstandingRequests");
        CustomHeaders = Headers();
        FunctionTimeout = Timeout();
    }

    public IConfigurationRoot Values { get; }

    public string RoutePrefix { get; }

    /// <summary>How many requests run at the same time; null for any number, as on a dedicated plan.</summary>
    public int? MaxConcurrentRequests { get; }

    /// <summary>How many requests run and wait at the same time before further ones are answered 429; null for any number.</summary>
    public int? MaxOutstandingRequests { get; }

    /// <summary>Headers that every answer carries.</summary>
    public IReadOnlyDictionary<string, string> CustomHeaders { get; }

    /// <summary>How long a function may run; null for no limit.</summary>
    public TimeSpan? FunctionTimeout { get; }

    public IConfigurationSection Logging => Values.GetSection("logging");

    /// <summary>The key that opens everything, or null: then nothing that asks for it can be opened.</summary>
    public string? MasterKey => Values["MasterKey"];

    private int? Count(string name) => Values[name] switch
    {
        null or "-1" => null,
        var text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw Wrong(name, "a number from 1, or -1 for no limit", text),
    };

    private TimeSpan? Timeout() => Values["functionTimeout"] switch
    {
        null or "-1" => null,
        var text => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var limit) && limit > TimeSpan.Zero
            ? limit
            : throw Wrong("functionTimeout", "a time span such as 00:10:00, or -1 for no limit", text),
    };

    private Dictionary<string, string> Headers()
    {
        var headers = Values.GetSection("extensions:http:customHeaders").GetChildren().Where(header => header.Value is not null)
            .ToDictionary(header => header.Key, header => header.Value!);
        var wrong = headers.FirstOrDefault(header => !(header.Key + header.Value).All(sign => sign is >= ' ' and <= '~'));
        return wrong.Key is null
            ? headers
            : throw Wrong("extensions:http:customHeaders:" + wrong.Key, "plain text on one line", wrong.Value);
    }

    private static FormatException Wrong(string name, string what, string text) =>
        new($"host.json: {name} is {what}, and not '{text}'.");
}
