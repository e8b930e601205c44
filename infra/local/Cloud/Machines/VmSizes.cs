using System.Collections.Frozen;

namespace Launchpad.Local.Machines;

/// <summary>What an Azure size promises.</summary>
public sealed record VmSize(string Name, int Cpus, int MemoryMb);

/// <summary>The Azure sizes that the pocket cloud sells.</summary>
public static class VmSizes
{
    private static readonly FrozenDictionary<string, VmSize> Known = new VmSize[]
    {
        Size("Standard_B1s", 1, 1), Size("Standard_B1ms", 1, 2), Size("Standard_B2s", 2, 4), Size("Standard_B2ms", 2, 8),
        Size("Standard_B4ms", 4, 16), Size("Standard_B8ms", 8, 32),
        Size("Standard_B2ats_v2", 2, 1), Size("Standard_B2als_v2", 2, 4), Size("Standard_B2as_v2", 2, 8),
        Size("Standard_B4als_v2", 4, 8), Size("Standard_B4as_v2", 4, 16),
        Size("Standard_D2s_v3", 2, 8), Size("Standard_D4s_v3", 4, 16),
        Size("Standard_D2s_v5", 2, 8), Size("Standard_D4s_v5", 4, 16), Size("Standard_D8s_v5", 8, 32), Size("Standard_D16s_v5", 16, 64),
        Size("Standard_D2as_v5", 2, 8), Size("Standard_D4as_v5", 4, 16), Size("Standard_D8as_v5", 8, 32),
        Size("Standard_E2s_v5", 2, 16), Size("Standard_E4s_v5", 4, 32), Size("Standard_E8s_v5", 8, 64),
        Size("Standard_F2s_v2", 2, 4), Size("Standard_F4s_v2", 4, 8), Size("Standard_F8s_v2", 8, 16),
    }.ToFrozenDictionary(size => size.Name, StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<VmSize> All => Known.Values;

    public static VmSize? Find(string name) => Known.GetValueOrDefault(name);

    private static VmSize Size(string name, int cpus, int memoryGb) => new(name, cpus, memoryGb * 1024);
}
