using System.Security.Cryptography;

namespace Launchpad.Vm.Backups;

/// <summary>How long a stream was, and its SHA-256.</summary>
internal sealed class Digest
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Length { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        Length += bytes.Length;
    }

    /// <summary>Lower-case hexadecimal, of everything so far.</summary>
    public string Sha256() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public static async Task<Digest> OfAsync(Stream stream)
    {
        var digest = new Digest();
        var buffer = new byte[Pipes.BufferSize];
        for (int n; (n = await stream.ReadAsync(buffer)) > 0;)
        {
            digest.Add(buffer.AsSpan(0, n));
        }

        return digest;
    }
}
