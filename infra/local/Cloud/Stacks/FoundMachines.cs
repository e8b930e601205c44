using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Local.Machines;
using Launchpad.Local.ResourceManager;

namespace Launchpad.Local.Stacks;

/// <summary>Containers of a home whose restored state was copied before they were made. Azure would still know these machines, so the
/// pocket cloud does; otherwise it would remove what it does not know.</summary>
internal static class FoundMachines
{
    public static async Task AdoptAsync(Home home, Terminal terminal)
    {
        await using var host = await DockerHost.OpenAsync(home, terminal.Say, CancellationToken.None);
        using var docker = new DockerEngine(host.Docker.Socket);
        var state = new StateFile<ArmState>(home.StatePath("arm"), new ArmState());
        foreach (var name in await docker.ListAsync(Labels.Of(home.Root), CancellationToken.None))
        {
            if (await docker.FindAsync(name, CancellationToken.None) is { Machine: { } machine } container && state.Read().Machine(machine) is null)
            {
                state.Update(known => known with { Machines = known.Machines.Add(ArmState.Key(machine), Adopted(known, machine, container)) });
                terminal.Say($"found a machine that was made after the backup: {machine}");
            }
        }
    }

    private static VirtualMachine Adopted(ArmState known, string name, Container container)
    {
        var size = VmSizes.All.Where(one => one.MemoryMb >= container.MemoryMb).MinBy(one => one.MemoryMb) ?? VmSizes.All.MaxBy(one => one.MemoryMb)!;
        var taken = known.Machines.Values.Select(machine => machine.Number).ToHashSet();
        return new VirtualMachine
        {
            Name = name,
            VmId = Guid.NewGuid().ToString(),
            Location = Arm.Location,
            Size = size.Name,
            Number = Enumerable.Range(1, int.MaxValue).First(number => !taken.Contains(number)),
            CreatedAt = DateTimeOffset.UtcNow,
            // What the product puts on each of its own.
            Tags = ImmutableSortedDictionary<string, string>.Empty.Add("launchpad", name),
            Properties = JsonSerializer.SerializeToElement(Properties(name, size)),
            AdminName = "launchpad",
            AdminKeys = [],
            CustomDataHash = "",
            HasBooted = true,
            Goal = Goal.Running,
            Provisioning = Provisioning.Succeeded,
        };
    }

    private static JsonObject Properties(string name, VmSize size) => new()
    {
        ["hardwareProfile"] = new JsonObject { ["vmSize"] = size.Name },
        ["storageProfile"] = new JsonObject { ["imageReference"] = new JsonObject() },
        ["osProfile"] = new JsonObject { ["computerName"] = name, ["adminUsername"] = "launchpad" },
        ["networkProfile"] = new JsonObject
        {
            ["networkInterfaceConfigurations"] = new JsonArray(new JsonObject
            {
                ["name"] = $"{name}-nic",
                ["properties"] = new JsonObject
                {
                    ["ipConfigurations"] = new JsonArray(new JsonObject
                    {
                        ["name"] = "main",
                        ["properties"] = new JsonObject
                        {
                            ["subnet"] = new JsonObject { ["id"] = Arm.Id("Microsoft.Network/virtualNetworks", "launchpad/subnets/machines") },
                            ["publicIPAddressConfiguration"] = new JsonObject
                            {
                                ["name"] = $"{name}-ip",
                                ["sku"] = new JsonObject { ["name"] = "Standard" },
                            },
                        },
                    }),
                },
            }),
        },
    };
}
