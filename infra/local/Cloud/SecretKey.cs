using System.Security.Cryptography;

namespace Launchpad.Local;

/// <summary>A random key kept in a file that only its owner can read.</summary>
internal static class SecretKey
{
    public static byte[] LoadOrCreate(string path, int bytes = 32)
    {
        if (!File.Exists(path))
        {
            DurableFile.Write(path, RandomNumberGenerator.GetBytes(bytes));
        }

        var key = File.ReadAllBytes(path);
        return key.Length == bytes ? key : throw new InvalidDataException($"{path} is not a key of {bytes} bytes.");
    }
}
