using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Launchpad.Local.Tests;

/// <summary>The check that SSL_CERT_FILE makes in a child process, for clients inside the test process: our root, our name,
/// nothing else.</summary>
public static class Trust
{
    public static bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, CloudContext cloud)
    {
        if (certificate is not X509Certificate2 leaf || chain is null
            || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var root = X509CertificateLoader.LoadCertificateFromFile(cloud.Certificates.RootPath);
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.Add(root);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return own.Build(leaf);
    }
}
