using Launchpad.Durable;

namespace Launchpad.Host;

/// <summary>Where the durable engine keeps its state, as host.json says under durableTask.storageProvider.type: in the embedded store, one
/// host to a directory, or in one that many hosts share.</summary>
internal static class EngineStore
{
    public static Action<IServiceCollection, IConfiguration> For(HostJson json, IConfiguration settings) => (services, _) =>
    {
        if (IsEmbedded(json))
        {
            SqliteDurability.Add(services, new() { Directory = Name(json, settings) });
        }
    };

    public static string Name(HostJson json, IConfiguration settings) => settings["Durable:Directory"] ?? Guid.NewGuid().ToString();

    public static void AddAdministration(IServiceCollection services, IServiceProvider engine)
    {
    }

    private static bool IsEmbedded(HostJson json) => SqliteDurability.Name.Equals(
        json.Values["extensions:durableTask:storageProvider:type"], StringComparison.OrdinalIgnoreCase);
}
