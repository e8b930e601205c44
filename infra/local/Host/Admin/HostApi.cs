using System.Diagnostics;
using System.Reflection;
using Launchpad.Host.Discovery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Launchpad.Host.Admin;

/// <summary>How this process is.</summary>
internal sealed class HostApi(FunctionList functions, IHostEnvironment environment, IHostApplicationLifetime lifetime, AdminAccess access)
{
    private readonly Guid instance = Guid.NewGuid();

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/admin/host/status", access.Guard(_ => Task.FromResult(Results.Json(Status()))));

    private object Status()
    {
        using var process = Process.GetCurrentProcess();
        return new
        {
            id = environment.ApplicationName,
            state = lifetime.ApplicationStopping.IsCancellationRequested ? "Stopping" : "Running",
            version = typeof(HostApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            instanceId = instance,
            processId = process.Id,
            processUptime = (long)(DateTime.UtcNow - process.StartTime.ToUniversalTime()).TotalMilliseconds,
            memoryBytes = process.WorkingSet64,
            functions = functions.All.Length,
        };
    }
}
