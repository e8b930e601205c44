using Launchpad.Local.Certificates;
using Launchpad.Local.Faults;
using Launchpad.Local.Identity;
using Launchpad.Local.KeyVault;
using Microsoft.AspNetCore.Connections;

namespace Launchpad.Local;

/// <summary>What the services of one stack share. Everything in it is made or read from the stack's home by the constructor.</summary>
public sealed class CloudContext(Home home, Ports ports, TimeProvider time, ILoggerFactory loggers)
{
    public Home Home { get; } = home;
    public Ports Ports { get; } = ports;
    public TimeProvider Time { get; } = time;
    public ILoggerFactory Loggers { get; } = loggers;
    public FaultPlan Faults { get; } = new();
    public CertificateAuthority Certificates { get; } = new(home.Tls, time);
    public Tokens Tokens { get; } = Tokens.At(home.KeyPath("identity"), time);

    /// <summary>What a caller of the identity endpoint must know; children get it as IDENTITY_HEADER.</summary>
    public string IdentityHeader { get; } = Convert.ToHexStringLower(SecretKey.LoadOrCreate(home.KeyPath("identity-header")));

    /// <summary>The secrets of the pocket Key Vault, for services that share one with the control plane.</summary>
    public Vault Vault { get; } = new(home, time);

    public Docker Docker { get; init; } = Docker.Default;

    /// <summary>The folder that the web app is built into.</summary>
    public string Site { get; init; } = Path.Combine(Home.Repository, "web", "dist");
}

/// <summary>One service of the pocket cloud: a name the fault plan knows it by, where it listens, and what it answers.
/// It is part of the cloud by being listed in <see cref="Cloud.Services"/>.</summary>
public abstract class CloudService
{
    public abstract string Name { get; }

    public abstract int Port(Ports ports);

    /// <summary>All ports, for a service that has more than one.</summary>
    public virtual IReadOnlyList<int> AllPorts(Ports ports) => [Port(ports)];

    /// <summary>Services that share a port are told apart by the first segments of the path.</summary>
    public virtual string Prefix => "";

    /// <summary>A file name under LAUNCHPAD_HOME/sockets where the service listens too, for machines.</summary>
    public virtual string? Socket => null;

    /// <summary>True: TLS with a certificate of the pocket CA, made on demand for the name the client asks for.</summary>
    public virtual bool Https => false;

    /// <summary>Null for services that carry blobs.</summary>
    public virtual long? RequestBytesMax => 4 * 1024 * 1024;

    /// <summary>False for the pocket cloud's own controls, which the fault plan must not lock out.</summary>
    public virtual bool CanFail => true;

    /// <summary>A protocol other than HTTP: what to do with a connection. <see cref="Map"/> is then not called.</summary>
    public virtual ConnectionDelegate? Connection => null;

    /// <summary>True for a server of its own: nobody listens for it.</summary>
    public virtual bool Listens => false;

    public virtual void Map(IEndpointRouteBuilder routes)
    {
    }

    /// <summary>Runs before the listeners open.</summary>
    public virtual Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the listeners closed, and without a start before it when `down` clears what a killed stack left.</summary>
    public virtual Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
