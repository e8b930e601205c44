using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Launchpad.Local.Certificates;

/// <summary>The certificate authority of one stack. Its root lives as long as the stack; a leaf is made when its name is first
/// asked for.</summary>
public sealed class CertificateAuthority : IDisposable
{
    /// <summary>The file with all roots that programs here trust.</summary>
    public const string Bundle = "bundle.pem";

    private const string SystemRoots = "/etc/ssl/certs/ca-certificates.crt";
    private const int NamesMax = 4096;

    private readonly ConcurrentDictionary<string, X509Certificate2> _leaves = new(StringComparer.OrdinalIgnoreCase);
    private readonly X509Certificate2 _root;
    private readonly TimeProvider _time;

    public CertificateAuthority(string directory, TimeProvider time)
    {
        _time = time;
        RootPath = Path.Combine(directory, "ca.pem");
        BundlePath = Path.Combine(directory, Bundle);
        var keyPath = Path.Combine(directory, "ca-key.pem");
        if (!File.Exists(RootPath))
        {
            using var root = CreateRoot();
            // The certificate is written last: it says that its key is there.
            DurableFile.Write(keyPath, System.Text.Encoding.ASCII.GetBytes(root.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()));
            DurableFile.Write(RootPath, System.Text.Encoding.ASCII.GetBytes(root.ExportCertificatePem() + "\n"), Readable);
        }

        _root = X509Certificate2.CreateFromPemFile(RootPath, keyPath);
        var system = File.Exists(SystemRoots) ? File.ReadAllText(SystemRoots) : "";
        DurableFile.Write(BundlePath, System.Text.Encoding.UTF8.GetBytes(system + "\n" + File.ReadAllText(RootPath)), Readable);
    }

    public string RootPath { get; }

    /// <summary>The system's roots and ours: what SSL_CERT_FILE of a child names.</summary>
    public string BundlePath { get; }

    private static UnixFileMode Readable =>
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The certificate for the name of a TLS client hello. Names outside localhost get the one of localhost, as a server
    /// without SNI would.</summary>
    public X509Certificate2 For(string? name)
    {
        var known = name is not null && name.Length <= 253 && name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            && Uri.CheckHostName(name) == UriHostNameType.Dns;
        if (_leaves.Count >= NamesMax)
        {
            _leaves.Clear();
        }

        return _leaves.GetOrAdd(known ? name! : "localhost", CreateLeaf);
    }

    public void Dispose() => _root.Dispose();

    private X509Certificate2 CreateRoot()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Launchpad pocket cloud", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = _time.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
    }

    private X509Certificate2 CreateLeaf(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=Launchpad"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (name == "localhost")
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var now = _time.GetUtcNow();
        using var certificate = request.Create(_root, now.AddDays(-1), now.AddDays(397), RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }
}
