namespace Launchpad.Local.Machines;

/// <summary>The way from a machine to the control plane: what machines tell of themselves, and nothing else of its API.</summary>
public sealed class MachineDoor(CloudContext cloud) : CloudService
{
    public override string Name => "machine-door";

    public override int Port(Ports ports) => ports.Machines;

    public override string? Socket => "control-plane.sock";

    public override void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/machines/{**path}", call => Forwarder.ToPortAsync(call, cloud.Ports.ControlPlane));
}
