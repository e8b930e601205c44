using Launchpad.Local.Machines;

namespace Launchpad.Local.ResourceManager;

/// <summary>management.azure.com on loopback: virtual machines that really boot, with what belongs to them, and DNS record sets.</summary>
public sealed class ResourceManagerService : CloudService, IAsyncDisposable
{
    private readonly CloudContext _cloud;
    private readonly DockerEngine _docker;
    private readonly MachineImage _image;
    private readonly Hypervisor _hypervisor;
    private readonly Reconciler _reconciler;
    private readonly VirtualMachines _machines;
    private readonly NetworkResources _network;
    private readonly ComputeQuota _quota;
    private readonly Operations _operations;

    /// <param name="cloud">What the services share.</param>
    /// <param name="hypervisor">Makes the machines; null for Docker.</param>
    public ResourceManagerService(CloudContext cloud, Hypervisor? hypervisor = null)
    {
        var state = State = new StateFile<ArmState>(cloud.Home.StatePath("arm"), new ArmState());
        _cloud = cloud;
        MachinePorts = MachinePorts.Choose(cloud.Ports);
        _docker = new DockerEngine(cloud.Docker.Socket);
        _image = new MachineImage(cloud.Home, cloud.Docker.Socket, cloud.Loggers.CreateLogger<MachineImage>());
        Addresses = new MachineAddresses(cloud, MachinePorts);
        _hypervisor = hypervisor ?? new Hypervisor(cloud, _docker, _image);
        _reconciler = new Reconciler(cloud, state, _hypervisor, Addresses);
        _machines = new VirtualMachines(cloud, state, _reconciler, _hypervisor);
        _network = new NetworkResources(state, _machines);
        _quota = new ComputeQuota(state);
        _operations = new Operations(state);
        Dns = new DnsZones(state);
    }

    /// <summary>Where machines answer; the control plane's Vms__SshPort.</summary>
    public MachinePorts MachinePorts { get; }

    public DnsZones Dns { get; }

    internal StateFile<ArmState> State { get; }

    internal MachineAddresses Addresses { get; }

    public override string Name => "arm";

    public override bool Https => true;

    public override int Port(Ports ports) => ports.ResourceManager;

    public override void Map(IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("").AddEndpointFilter(new ArmGuard(_cloud.Tokens));
        Subscriptions.Map(all);
        _machines.Map(all);
        _network.Map(all);
        _quota.Map(all);
        _operations.Map(all);
        Dns.Map(all);
        all.MapFallback((HttpRequest request) => Arm.Error(
            404, new Failure("InvalidResourceType", $"The pocket cloud has no {request.Method} {request.Path}.")));
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _reconciler.Start();
        return Task.CompletedTask;
    }

    /// <summary>Shuts the machines down; what they hold is there at the next start.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _reconciler.DisposeAsync();
        await Addresses.DisposeAsync();
        try
        {
            await _hypervisor.StopAllAsync(cancellationToken);
        }
        catch (HttpRequestException gone)
        {
            // Docker went first and took the machines with it; the rest of the cloud still has to stop.
            _cloud.Loggers.CreateLogger<ResourceManagerService>().LogWarning("Machines could not be shut down: {Why}", gone.Message);
        }

        await DisposeAsync();
    }

    /// <summary>Lets go of the machines and leaves them running.</summary>
    public async ValueTask DisposeAsync()
    {
        await _reconciler.DisposeAsync();
        await Addresses.DisposeAsync();
        _hypervisor.Dispose();
        _image.Dispose();
        _docker.Dispose();
    }
}
