using System.Buffers.Text;
using System.Security.Cryptography;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Lib.Net.Http.WebPush.Authentication;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Push;

/// <summary>The key pair by which push services know who sends (RFC 8292). A subscription is good for the one that it was made with and no other,
/// so there is never a second one.</summary>
public sealed class VapidKeys(SecretVault vault, Tables tables, IOptions<MailOptions> mail, TimeProvider clock)
{
    private const string KeyName = "launchpad-push-key";
    private const byte Uncompressed = 4;
    private static readonly TimeSpan TokenFor = TimeSpan.FromHours(12);

    private readonly ProductKeys keys = new(vault, tables, clock);

    /// <summary>A point as base64url, for browsers.</summary>
    public async Task<string> PublicKeyAsync(CancellationToken ct)
    {
        using var key = await KeyAsync(ct);
        return Point(key.ExportParameters(includePrivateParameters: false));
    }

    /// <summary>Says who sends. A push service that has something to say about it writes to the address that letters come from.</summary>
    public async Task<VapidAuthentication> AuthenticationAsync(CancellationToken ct)
    {
        using var key = await KeyAsync(ct);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        return new(Point(parameters), Base64Url.EncodeToString(parameters.D))
        {
            Expiration = (int)TokenFor.TotalSeconds,
            Subject = $"mailto:{mail.Value.From}",
        };
    }

    private async Task<ECDsa> KeyAsync(CancellationToken ct)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(await keys.GetAsync(KeyName, Make, ct));
        return key;
    }

    private static string Make()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return made.ExportPkcs8PrivateKeyPem();
    }

    private static string Point(ECParameters of) => Base64Url.EncodeToString([Uncompressed, .. of.Q.X!, .. of.Q.Y!]);
}
