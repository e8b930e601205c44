using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Shared.Accounts;

/// <summary>A long list of words that comes with the program: of each the first four bytes of its SHA-256, in order. One word in tens of
/// thousands that is not in it is taken for one that is.</summary>
/// <param name="resource">Its name in this assembly.</param>
internal sealed class DigestList(string resource)
{
    private readonly Lazy<uint[]> digests = new(() => Load(resource));

    public bool Contains(string word) =>
        Array.BinarySearch(digests.Value, BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(word)))) >= 0;

    private static uint[] Load(string resource)
    {
        using var file = typeof(DigestList).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var digests = MemoryMarshal.Cast<byte, uint>(bytes).ToArray();
        BinaryPrimitives.ReverseEndianness(digests, digests);
        return digests;
    }
}
