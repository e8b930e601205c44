using Microsoft.Extensions.Configuration;

namespace Launchpad.Host;

/// <summary>host.json as it applies to this process: settings named AzureFunctionsJobHost__… override the file.</summary>
internal sealed class HostJson
{
    private readonly IConfigurationRoot values;

    public HostJson(IConfiguration settings, string folder) => values = new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(folder, "host.json"), optional: true, reloadOnChange: false)
        .AddConfiguration(settings.GetSection("AzureFunctionsJobHost"))
        .Build();

    public string RoutePrefix => (values["extensions:http:routePrefix"] ?? "api").Trim('/');

    public IConfigurationSection Logging => values.GetSection("logging");

    public IConfigurationSection DurableTask => values.GetSection("extensions:durableTask");

    /// <summary>The key that opens everything, or null: then nothing that asks for it can be opened.</summary>
    public string? MasterKey => values["MasterKey"];
}
