namespace Launchpad.Local;

/// <summary>What every service of the pocket cloud is built from.</summary>
public sealed record CloudContext(Home Home, Ports Ports, Faults.FaultPlan Faults, TimeProvider Time, ILoggerFactory Loggers);

/// <summary>One service of the pocket cloud: a name the fault plan knows it by, where it listens, and what it answers.
/// It is part of the cloud by being listed in <see cref="Cloud.Services"/>.</summary>
public abstract class CloudService
{
    public abstract string Name { get; }

    public abstract int Port(Ports ports);

    /// <summary>All ports, for a service that has more than one.</summary>
    public virtual IReadOnlyList<int> AllPorts(Ports ports) => [Port(ports)];

    /// <summary>A file name under LAUNCHPAD_HOME/sockets where the service listens too, for machines.</summary>
    public virtual string? Socket => null;

    /// <summary>True: TLS with a certificate of the pocket CA, made on demand for the name the client asks for.</summary>
    public virtual bool Https => false;

    /// <summary>Null for services that carry blobs.</summary>
    public virtual long? RequestBytesMax => 4 * 1024 * 1024;

    /// <summary>False for the pocket cloud's own controls, which the fault plan must not lock out.</summary>
    public virtual bool CanFail => true;

    public abstract void Map(IEndpointRouteBuilder routes);

    /// <summary>Runs before the listeners open.</summary>
    public virtual Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the listeners closed.</summary>
    public virtual Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
