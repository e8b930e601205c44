using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Launchpad.Functions.Tests.Health;

/// <summary>The certificate of the bots' public addresses, which this process trusts from its start: whom it trusts is read once, by its
/// first handshake, from where .NET's own environment does not reach.</summary>
internal static partial class Trust
{
    public static X509Certificate2 Certificate { get; } = Make();

#pragma warning disable CA2255 // Nothing but a test run loads this assembly, and any test may be the first that shakes hands.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Begin()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "trust.pem");
        File.WriteAllText(file, Certificate.ExportCertificatePem());
        if (SetEnvironment("SSL_CERT_FILE", file, 1) != 0)
        {
            throw new InvalidOperationException("The process cannot be told whom to trust.");
        }
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bots", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("*.bots.invalid");
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
