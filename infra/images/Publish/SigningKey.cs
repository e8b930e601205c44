using System.Security.Cryptography;

namespace Launchpad.Images;

/// <summary>The key that images are signed with: made at first use, readable by its owner only, its public half beside it.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;

    private SigningKey(ECDsa key) => _key = key;

    public string PublicKeyPem => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    public static string PublicKeyPath(string folder) => Path.Combine(folder, "image.pub");

    public static SigningKey Open(string folder)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, "image.key");
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(path))
        {
            key.ImportFromPem(File.ReadAllText(path));
        }
        else
        {
            Write(path, key.ExportPkcs8PrivateKeyPem() + "\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var signing = new SigningKey(key);
        var publicPath = PublicKeyPath(folder);
        if (!File.Exists(publicPath) || File.ReadAllText(publicPath) != signing.PublicKeyPem)
        {
            Write(publicPath, signing.PublicKeyPem, LayerContent.ReadOnlyFile);
        }

        return signing;
    }

    /// <summary>The DER signature over exactly these bytes, in the base64 that cosign keeps it in.</summary>
    public string Sign(ReadOnlySpan<byte> content) =>
        Convert.ToBase64String(_key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    public void Dispose() => _key.Dispose();

    private static void Write(string path, string content, UnixFileMode mode)
    {
        var next = path + ".next";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode };
        using (var file = new FileStream(next, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(content));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
