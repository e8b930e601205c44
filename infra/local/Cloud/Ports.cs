using System.Globalization;

namespace Launchpad.Local;

/// <summary>Where everything listens. Each slot shifts every port by a hundred, so several stacks run side by side.</summary>
public sealed record Ports
{
    /// <summary>From slot 10 on, the ports of one service would meet those of another.</summary>
    public const int LastSlot = 9;

    public int Slot { get; init; }
    public int ControlPlane { get; init; }

    /// <summary>What people open: the web app, with the API beneath it.</summary>
    public int Site { get; init; }
    public int Admin { get; init; }
    public int Stripe { get; init; }
    public int Models { get; init; }

    /// <summary>What machines reach of the control plane.</summary>
    public int Machines { get; init; }

    /// <summary>What machines reach of the storage.</summary>
    public int Backups { get; init; }
    public int KeyVault { get; init; }
    public int ResourceManager { get; init; }
    public int FrontDoor { get; init; }
    public int Mail { get; init; }
    public int Registry { get; init; }
    public int Blob { get; init; }
    public int Queue { get; init; }
    public int Table { get; init; }

    /// <summary>Azurite and docker-registry listen on ports of their own; what the world calls is the proxy in front of them.</summary>
    public int AzuriteBlob { get; init; }
    public int AzuriteQueue { get; init; }
    public int AzuriteTable { get; init; }
    public int RegistryBackend { get; init; }

    /// <summary>The n-th machine of this slot; machines use the real ports 22 and 443.</summary>
    public string MachineAddress(int n) => string.Create(CultureInfo.InvariantCulture, $"127.0.{1 + Slot}.{n}");

    public static Ports ForSlot(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slot, LastSlot);
        int At(int port) => port + (100 * slot);
        return new Ports
        {
            Slot = slot,
            ControlPlane = At(7071),
            Site = At(4280),
            Admin = At(7080),
            Stripe = At(7081),
            Models = At(7082),
            Machines = At(7083),
            Backups = At(7084),
            KeyVault = At(7443),
            ResourceManager = At(7444),
            FrontDoor = At(8443),
            Mail = At(7025),
            Registry = At(5055),
            Blob = At(10000),
            Queue = At(10001),
            Table = At(10002),
            AzuriteBlob = At(11000),
            AzuriteQueue = At(11001),
            AzuriteTable = At(11002),
            RegistryBackend = At(15055),
        };
    }
}
