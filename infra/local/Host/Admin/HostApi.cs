using System.Diagnostics;
using System.Reflection;
using Launchpad.Host.Worker;

namespace Launchpad.Host.Admin;

/// <summary>How this process is.</summary>
internal sealed class HostApi(AppWorker app, IHostApplicationLifetime lifetime, AdminAccess access)
{
    private readonly Guid _instance = Guid.NewGuid();

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/admin/host/status", access.Guard(_ => Task.FromResult(Results.Json(Status()))));

    private object Status()
    {
        using var process = Process.GetCurrentProcess();
        return new
        {
            state = lifetime.ApplicationStopping.IsCancellationRequested ? "Stopping" : "Running",
            version = typeof(HostApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            instanceId = _instance,
            processId = process.Id,
            workerProcessId = app.ProcessId,
            processUptime = (long)(DateTime.UtcNow - process.StartTime.ToUniversalTime()).TotalMilliseconds,
            memoryBytes = process.WorkingSet64,
            functions = app.Functions.Count,
        };
    }
}
