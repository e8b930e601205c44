using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Renci.SshNet.Common;

namespace Renci.SshNet;

/// <summary>Something that holds private keys.</summary>
public interface IPrivateKeySource
{
}

/// <summary>An unencrypted private key in OpenSSH or PEM form, held in memory until it is disposed.</summary>
public partial class PrivateKeyFile : IPrivateKeySource, IDisposable
{
    private byte[]? _text;

    public PrivateKeyFile(Stream privateKey)
    {
        ArgumentNullException.ThrowIfNull(privateKey);
        _text = Read(privateKey);
    }

    public PrivateKeyFile(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        using var file = File.OpenRead(fileName);
        _text = Read(file);
    }

    internal ReadOnlyMemory<byte> Text => _text ?? throw new ObjectDisposedException(GetType().FullName);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        CryptographicOperations.ZeroMemory(_text);
        _text = null;
    }

    private static byte[] Read(Stream stream)
    {
        using StreamReader reader = new(stream);
        var match = Pem().Match(reader.ReadToEnd());
        if (!match.Success || !match.Groups["name"].Value.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
        {
            throw new SshException("Invalid private key file.");
        }

        if (IsEncrypted(match))
        {
            throw new SshPassPhraseNullOrEmptyException("Private key is encrypted but passphrase is empty.");
        }

        // ssh insists on the newline at the end and on plain line ends.
        return Encoding.ASCII.GetBytes(match.Value.ReplaceLineEndings("\n") + "\n");
    }

    private static bool IsEncrypted(Match pem) => pem.Groups["cipher"].Success || pem.Groups["name"].Value switch
    {
        "ENCRYPTED PRIVATE KEY" => true,

        // openssh-key-v1, NUL, and then the cipher's name after its length.
        "OPENSSH PRIVATE KEY" => Convert.FromBase64String(pem.Groups["data"].Value) is var key
            && !key.AsSpan(15).StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 4, .. "none"u8]),
        _ => false,
    };

    [GeneratedRegex(@"^-+ *BEGIN (?<name>\w+( \w+)*) *-+\r?\n(Proc-Type: 4,ENCRYPTED\r?\nDEK-Info: (?<cipher>[^\r\n]+)\r?\n\r?\n)?"
        + @"(?<data>([a-zA-Z0-9/+=]{1,80}\r?\n)+)-+ *END \k<name> *-+", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Pem();
}
