using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Renci.SshNet.Common;

/// <summary>The key that a server showed, before anything is sent to it; whoever handles the event decides whether to trust it.</summary>
public class HostKeyEventArgs : EventArgs
{
    internal HostKeyEventArgs(string name, byte[] key)
    {
        CanTrust = true;
        HostKeyName = name;
        HostKey = key;
        KeyLength = LengthOf(name, key);
    }

    public bool CanTrust { get; set; }

    public byte[] HostKey { get; private set; }

    public string HostKeyName { get; private set; }

    public string FingerPrintSHA256 => Convert.ToBase64String(SHA256.HashData(HostKey)).TrimEnd('=');

    public int KeyLength { get; private set; }

    private static int LengthOf(string name, byte[] key) => name switch
    {
        "ssh-ed25519" or "ecdsa-sha2-nistp256" => 256,
        "ecdsa-sha2-nistp384" => 384,
        "ecdsa-sha2-nistp521" => 521,
        _ => Modulus(key),
    };

    /// <summary>An RSA key is name, exponent and modulus, each after its length; a leading zero only keeps it positive.</summary>
    private static int Modulus(ReadOnlySpan<byte> key)
    {
        var modulus = Rest(Rest(key));
        return BinaryPrimitives.ReadInt32BigEndian(modulus) is var length && modulus[4] is 0 ? (length - 1) * 8 : length * 8;
    }

    private static ReadOnlySpan<byte> Rest(ReadOnlySpan<byte> key) => key[(4 + BinaryPrimitives.ReadInt32BigEndian(key))..];
}
