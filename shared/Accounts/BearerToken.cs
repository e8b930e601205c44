using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Shared.Accounts;

/// <summary>What opens something for whoever has it. Kept is its hash alone: who reads a table can open nothing.</summary>
public static class BearerToken
{
    /// <summary>256 random bits as base64url, 43 letters.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256, hexadecimal. Nobody guesses what is random, so nothing slower is needed.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
