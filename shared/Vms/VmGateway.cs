using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.ResourceManager;
using Azure.ResourceManager.Compute;
using Azure.ResourceManager.Compute.Models;
using Azure.ResourceManager.Resources;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Vms;

/// <summary>A machine to be made.</summary>
/// <param name="Name">Also its host name, and the prefix of everything that is made with it.</param>
/// <param name="UserData">cloud-init's, as text.</param>
public sealed record VmRequest(string Name, string Size, string UserData, IReadOnlyDictionary<string, string> Tags);

/// <summary>A machine as Azure knows it.</summary>
/// <param name="PowerState">running, deallocated, …; null while Azure does not say.</param>
/// <param name="Address">Null until there is one.</param>
/// <param name="Fault">Why it could not be made; null while nothing is known to be wrong.</param>
public sealed record VmState(
    string Name, string ProvisioningState, string? PowerState, string? Address, IReadOnlyDictionary<string, string> Tags, VmFault? Fault = null);

/// <summary>What went wrong, in Azure's words.</summary>
public sealed record VmFault(string? Code, string Message);

/// <summary>Machines, each made by one call and taken back by one call: network interface, address and disk come and go with it.</summary>
public sealed class VmGateway(ArmClient arm, IOptions<AzureOptions> options)
{
    /// <summary>What tells our machines from others in the group.</summary>
    public const string Tag = "launchpad";

    private const string AdminName = "launchpad";
    private const string PowerPrefix = "PowerState/";
    private const string FailedPrefix = "ProvisioningState/failed/";
    private const int NotFound = 404;

    private readonly AzureOptions _options = options.Value;

    /// <summary>What a machine of ours is called in the cloud.</summary>
    public static string ResourceName(string vm) => vm.Replace('_', '-').ToLowerInvariant();

    private VirtualMachineCollection Machines => arm
        .GetResourceGroupResource(ResourceGroupResource.CreateResourceIdentifier(_options.SubscriptionId, _options.ResourceGroup))
        .GetVirtualMachines();

    /// <summary>Returns as soon as Azure has accepted the order. A machine that has the name already is the one that was ordered
    /// before; only one that is being deleted is not, and Azure refuses its name until it is gone.</summary>
    /// <exception cref="NoCapacityException">When Azure has none to give.</exception>
    public async Task StartCreateAsync(VmRequest request, CancellationToken ct)
    {
        if (await LookAsync(request.Name, ct) is not (null or { ProvisioningState: "Deleting" }))
        {
            return;
        }

        try
        {
            await Machines.CreateOrUpdateAsync(WaitUntil.Started, request.Name, Order(request), ct);
        }
        catch (RequestFailedException failure) when (NoCapacity.Reason(failure, request.Size, _options.Location) is { } reason)
        {
            throw new NoCapacityException(reason, failure);
        }
    }

    public async Task<VmState?> FindAsync(string name, CancellationToken ct)
    {
        if (await LookAsync(name, ct) is not { } machine)
        {
            return null;
        }

        var statuses = machine.InstanceView?.Statuses ?? [];
        var power = statuses.FirstOrDefault(status => status.Code.StartsWith(PowerPrefix, StringComparison.Ordinal))?.Code;
        var failed = statuses.FirstOrDefault(status => status.Code.StartsWith(FailedPrefix, StringComparison.OrdinalIgnoreCase));
        return new(
            machine.Name, machine.ProvisioningState, power?[PowerPrefix.Length..], await AddressAsync(machine, ct), machine.Tags.AsReadOnly(),
            failed is null ? null : new(failed.Code[FailedPrefix.Length..], failed.Message ?? ""));
    }

    /// <summary>Null when it did not fail for want of one to give.</summary>
    public string? ShortageOf(VmState failed, string size) =>
        failed.Fault is { } fault ? NoCapacity.Reason(fault, size, _options.Location) : null;

    /// <summary>Names of all our machines in the group.</summary>
    public IAsyncEnumerable<string> ListAsync(CancellationToken ct) =>
        Machines.GetAllAsync(cancellationToken: ct).Where(machine => machine.Data.Tags.ContainsKey(Tag)).Select(machine => machine.Data.Name);

    /// <summary>Returns as soon as Azure has accepted; <see cref="FindAsync"/> tells when it is gone.</summary>
    public async Task DeleteAsync(string name, CancellationToken ct)
    {
        try
        {
            await Machine(name).DeleteAsync(WaitUntil.Started, forceDeletion: null, ct);
        }
        catch (RequestFailedException missing) when (missing.Status == NotFound)
        {
            // As wished.
        }
    }

    private async Task<VirtualMachineData?> LookAsync(string name, CancellationToken ct)
    {
        try
        {
            return (await Machine(name).GetAsync(InstanceViewType.InstanceView, ct)).Value.Data;
        }
        catch (RequestFailedException missing) when (missing.Status == NotFound)
        {
            return null;
        }
    }

    private VirtualMachineResource Machine(string name) => arm.GetVirtualMachineResource(
        VirtualMachineResource.CreateResourceIdentifier(_options.SubscriptionId, _options.ResourceGroup, name));

    private async Task<string?> AddressAsync(VirtualMachineData machine, CancellationToken ct)
    {
        if (machine.NetworkProfile?.NetworkInterfaces.FirstOrDefault()?.Id is not { } interfaceId)
        {
            return null;
        }

        using var nic = await PropertiesAsync(interfaceId, ct);
        var configuration = nic?.RootElement.GetProperty("ipConfigurations").EnumerateArray().FirstOrDefault().GetProperty("properties");
        if (configuration is not { } found || !found.TryGetProperty("publicIPAddress", out var reference))
        {
            return null;
        }

        using var publicIp = await PropertiesAsync(new(reference.GetProperty("id").GetString()!), ct);
        return publicIp?.RootElement.TryGetProperty("ipAddress", out var address) is true ? address.GetString() : null;
    }

    // Network has no client package of its own here; what is read of it is two properties.
    private async Task<JsonDocument?> PropertiesAsync(ResourceIdentifier id, CancellationToken ct)
    {
        try
        {
            return JsonDocument.Parse((await arm.GetGenericResource(id).GetAsync(ct)).Value.Data.Properties);
        }
        catch (RequestFailedException missing) when (missing.Status == NotFound)
        {
            // While a machine is made or deleted it may name what is not there yet, or no longer.
            return null;
        }
    }

    private VirtualMachineData Order(VmRequest request)
    {
        var order = new VirtualMachineData(new AzureLocation(_options.Location))
        {
            HardwareProfile = new() { VmSize = new VirtualMachineSizeType(request.Size) },
            StorageProfile = new()
            {
                ImageReference = Image(_options.ImageId),
                OSDisk = new(DiskCreateOptionType.FromImage)
                {
                    DeleteOption = DiskDeleteOptionType.Delete,
                    DiskSizeGB = _options.DiskGb,
                    ManagedDisk = new() { StorageAccountType = StorageAccountType.PremiumLrs },
                },
            },
            OSProfile = new()
            {
                ComputerName = request.Name,
                AdminUsername = AdminName,
                CustomData = Convert.ToBase64String(Encoding.UTF8.GetBytes(request.UserData)),
                LinuxConfiguration = new()
                {
                    DisablePasswordAuthentication = true,
                    SshPublicKeys = { new() { Path = $"/home/{AdminName}/.ssh/authorized_keys", KeyData = KeyOfNobody() } },
                },
            },
            NetworkProfile = new()
            {
                NetworkApiVersion = NetworkApiVersion.TwoThousandTwenty1101,
                NetworkInterfaceConfigurations = { Network(request.Name) },
            },
        };
        foreach (var (key, value) in request.Tags)
        {
            order.Tags[key] = value;
        }

        order.Tags.TryAdd(Tag, request.Name);
        return order;
    }

    private VirtualMachineNetworkInterfaceConfiguration Network(string name) => new($"{name}-nic")
    {
        Primary = true,
        DeleteOption = ComputeDeleteOption.Delete,
        IPConfigurations =
        {
            new VirtualMachineNetworkInterfaceIPConfiguration("main")
            {
                Primary = true,
                SubnetId = _options.Subnet,
                PublicIPAddressConfiguration = new($"{name}-ip")
                {
                    Sku = new() { Name = ComputePublicIPAddressSkuName.Standard, Tier = ComputePublicIPAddressSkuTier.Regional },
                    PublicIPAllocationMethod = PublicIPAllocationMethod.Static,
                    DeleteOption = ComputeDeleteOption.Delete,
                },
            },
        },
    };

    private static ImageReference Image(string id) => id.StartsWith('/')
        ? new() { Id = new(id) }
        : id.Split(':') is [var publisher, var offer, var sku, var version]
            ? new() { Publisher = publisher, Offer = offer, Sku = sku, Version = version }
            : throw new FormatException($"'{id}' is neither a resource id nor publisher:offer:sku:version.");

    /// <summary>Azure refuses a machine without an admin key. The keys that count are in the user data, bound to one command there; one
    /// given here would open a shell. So it gets the public half of a key whose private half is never written anywhere.</summary>
    private static string KeyOfNobody()
    {
        using var key = RSA.Create(2048);
        var parameters = key.ExportParameters(includePrivateParameters: false);
        byte[] blob = [.. Field("ssh-rsa"u8), .. Field(parameters.Exponent), .. Field([0, .. parameters.Modulus!])];
        return $"ssh-rsa {Convert.ToBase64String(blob)} nobody";
    }

    // RFC 4251: a length and the bytes.
    private static byte[] Field(ReadOnlySpan<byte> bytes)
    {
        var field = new byte[sizeof(int) + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(field, bytes.Length);
        bytes.CopyTo(field.AsSpan(sizeof(int)));
        return field;
    }
}
