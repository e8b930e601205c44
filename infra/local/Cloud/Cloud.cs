using System.Net;
using Launchpad.Local.Admin;
using Launchpad.Local.Faults;
using Launchpad.Local.FrontDoor;
using Launchpad.Local.Identity;
using Launchpad.Local.KeyVault;
using Launchpad.Local.Machines;
using Launchpad.Local.Mail;
using Launchpad.Local.Models;
using Launchpad.Local.Registry;
using Launchpad.Local.ResourceManager;
using Launchpad.Local.Site;
using Launchpad.Local.Storage;
using Launchpad.Local.Stripe;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Launchpad.Local;

/// <summary>The pocket cloud's services in one web server: a listener per port or socket, a pipeline per service.</summary>
public sealed class Cloud : IAsyncDisposable
{
    // A call that hangs because the fault plan wants it must not hold up the end.
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(3);

    private readonly WebApplication _server;
    private readonly IReadOnlyList<CloudService> _services;

    private Cloud(WebApplication server, IReadOnlyList<CloudService> services) => (_server, _services) = (server, services);

    /// <summary>Every service there is; a new one is added here and nowhere else.</summary>
    public static IReadOnlyList<CloudService> Services(CloudContext cloud)
    {
        var mail = new MailService(cloud);
        var resources = new ResourceManagerService(cloud);
        return
        [
            new StorageService(cloud),
            new RegistryService(cloud),
            new IdentityService(cloud),
            new KeyVaultService(cloud),
            new ModelService(cloud),
            new StripeService(cloud),
            resources,
            new SiteService(cloud),
            new FrontDoorService(cloud, resources),
            new MachineDoor(cloud),
            new BackupDoor(cloud),
            mail,
            new AdminService(cloud, mail),
        ];
    }

    public static async Task<Cloud> StartAsync(
        CloudContext context, IReadOnlyList<CloudService> services, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(context.Loggers);
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopMax);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, context, services));
        var server = builder.Build();
        foreach (var service in services.Where(service => service.Connection is null && !service.Listens))
        {
            server.MapWhen(call => Of(call) == service, branch => Pipeline(branch, context, service));
        }

        var cloud = new Cloud(server, services);
        try
        {
            foreach (var service in services)
            {
                await service.StartAsync(cancellationToken);
            }

            await server.StartAsync(cancellationToken);
            return cloud;
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await StopAsync(_services);
        await _server.DisposeAsync();
    }

    /// <summary>The last first. One that cannot stop keeps no other from stopping; all that went wrong is told at the end.</summary>
    public static async Task StopAsync(IReadOnlyList<CloudService> services)
    {
        var failures = new List<Exception>();
        foreach (var service in services.Reverse())
        {
            try
            {
                await service.StopAsync(CancellationToken.None);
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, CloudContext context, IReadOnlyList<CloudService> services)
    {
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = _ => System.Text.Encoding.UTF8;
        kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.UTF8;
        var byPort = services.Where(service => !service.Listens)
            .SelectMany(service => service.AllPorts(context.Ports).Select(port => (port, service)))
            .GroupBy(pair => pair.port, pair => pair.service);
        foreach (var port in byPort)
        {
            kestrel.Listen(IPAddress.Loopback, port.Key, listener => Open(listener, context, [.. port]));
        }

        foreach (var service in services.Where(service => service.Socket is not null))
        {
            var path = context.Home.SocketPath(service.Socket!);
            // A socket outlives its process as a file; whoever holds the home's lock owns it.
            File.Delete(path);
            kestrel.ListenUnixSocket(path, listener => Open(listener, context, [service], secure: false));
        }
    }

    private static void Open(ListenOptions listener, CloudContext context, CloudService[] services, bool secure = true)
    {
        if (services[0].Connection is { } connection)
        {
            listener.Use(_ => connection);
            return;
        }

        // The listener says which services a connection is for: a unix socket has no port to tell them by.
        var tag = new Listener([.. services.OrderByDescending(service => service.Prefix.Length)]);
        listener.Use(next => connection =>
        {
            connection.Features.Set(tag);
            return next(connection);
        });
        if (secure && services[0].Https)
        {
            listener.UseHttps(tls => tls.ServerCertificateSelector = (_, name) => context.Certificates.For(name));
        }
    }

    private static CloudService? Of(HttpContext call) => call.Features.GetRequiredFeature<Listener>().Services
        .FirstOrDefault(service =>
            service.Prefix.Length == 0 || call.Request.Path.StartsWithSegments(service.Prefix, StringComparison.Ordinal));

    private static void Pipeline(IApplicationBuilder branch, CloudContext context, CloudService service)
    {
        branch.Use((call, next) =>
        {
            call.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = service.RequestBytesMax;
            return next(call);
        });
        if (service.CanFail)
        {
            branch.UseMiddleware<FaultMiddleware>(context.Faults, service);
        }

        branch.UseRouting().UseEndpoints(service.Map);
    }

    private sealed record Listener(CloudService[] Services);
}
