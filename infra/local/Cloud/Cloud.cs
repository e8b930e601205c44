namespace Launchpad.Local;

/// <summary>The pocket cloud's services in one web server: a listener per port or socket, a pipeline per service.</summary>
public sealed class Cloud : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly CloudService[] _services;

    private Cloud(WebApplication server, CloudService[] services) => (_server, _services) = (server, services);

    /// <summary>Every service there is; a new one is added here and nowhere else.</summary>
    public static CloudService[] Services(CloudContext context) =>
    [
    ];

    public static async Task<Cloud> StartAsync(CloudContext context, CloudService[] services, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(context.Loggers);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var service in services)
            {
                foreach (var port in service.AllPorts(context.Ports))
                {
                    kestrel.Listen(System.Net.IPAddress.Loopback, port, listener => Tag(listener, service));
                }

                if (service.Socket is { } name)
                {
                    var path = context.Home.SocketPath(name);
                    File.Delete(path);
                    kestrel.ListenUnixSocket(path, listener => Tag(listener, service));
                }
            }
        });
        var server = builder.Build();
        foreach (var service in services)
        {
            server.MapWhen(
                call => call.Features.Get<ServiceTag>()?.Service == service,
                branch => branch.UseRouting().UseEndpoints(service.Map));
        }

        foreach (var service in services)
        {
            await service.StartAsync(cancellationToken);
        }

        await server.StartAsync(cancellationToken);
        return new Cloud(server, services);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        foreach (var service in _services.Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _server.DisposeAsync();
    }

    // The listener says which service a connection is for: a unix socket has no port to tell it by.
    private static void Tag(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listener, CloudService service) =>
        listener.Use(next => connection =>
        {
            connection.Features.Set(new ServiceTag(service));
            return next(connection);
        });

    private sealed record ServiceTag(CloudService Service);
}
