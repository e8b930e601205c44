using System.Globalization;

namespace Launchpad.Local.Registry;

/// <summary>The private container registry: docker-registry behind a door that the fault plan reaches and that machines have as a
/// socket.</summary>
public sealed class RegistryService(CloudContext cloud) : CloudService
{
    public override string Name => "registry";

    public override int Port(Ports ports) => ports.Registry;

    public override string? Socket => "registry.sock";

    public override long? RequestBytesMax => null;

    /// <summary>Layers lie in the machine-wide cache: a stack that is thrown away does not take the images with it.</summary>
    public static string Configuration(Home home, Ports ports) => string.Create(CultureInfo.InvariantCulture, $"""
        version: 0.1
        log: {"{level: warn, accesslog: {disabled: true}}"}
        storage:
          filesystem: {"{rootdirectory: "}'{Path.Combine(home.Cache, "registry").Replace("'", "''", StringComparison.Ordinal)}'{"}"}
          delete: {"{enabled: true}"}
        http: {"{"}addr: '127.0.0.1:{ports.RegistryBackend}', relativeurls: true{"}"}

        """);

    public override void Map(IEndpointRouteBuilder routes) =>
        routes.Map("{**path}", call => Forwarder.ToPortAsync(call, cloud.Ports.RegistryBackend));
}
