using Launchpad.Local.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace Launchpad.Local.Machines;

/// <summary>The way from a machine to the storage: blobs of one container, by addresses that were signed for them. Faults of
/// <c>blobs</c> are what machines meet here; those of <c>storage</c> are the control plane's.</summary>
public sealed class BackupDoor(CloudContext cloud) : CloudService
{
    private const string Container = $"/{StorageService.Account}/backups/";

    public override string Name => "blobs";

    public override int Port(Ports ports) => ports.Backups;

    public override string? Socket => "blobs.sock";

    public override long? RequestBytesMax => null;

    public override void Map(IEndpointRouteBuilder routes) => routes.Map(Container + "{name}/{**rest}", ForwardAsync);

    private Task ForwardAsync(HttpContext call)
    {
        // The route has seen the path without its dots, the storage sees it as it was sent.
        var target = call.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith(Container, StringComparison.Ordinal) && !string.IsNullOrEmpty(call.Request.Query["sig"]))
        {
            return Forwarder.ToPortAsync(call, cloud.Ports.AzuriteBlob);
        }

        call.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
