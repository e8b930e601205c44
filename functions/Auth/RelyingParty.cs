using System.Text;
using System.Text.Json;
using Fido2NetLib;
using Fido2NetLib.Objects;
using Launchpad.Shared.Accounts;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Auth;

/// <summary>A passkey as its device has made it.</summary>
public sealed record MadePasskey(byte[] KeyId, byte[] PublicKey, uint Counter);

/// <summary>The side of WebAuthn that is ours, for the one origin of the web app. A device has to know its owner, by finger, face or PIN:
/// what it says then stands for both factors.</summary>
public sealed class RelyingParty(IOptions<SiteOptions> site)
{
    private readonly Fido2 fido = new(new Fido2Configuration
    {
        RPID = site.Value.BaseUrl.Host,
        RPName = "Launchpad",
        Origins = new HashSet<string> { site.Value.BaseUrl.GetLeftPart(UriPartial.Authority) },
    });

    /// <returns>PublicKeyCredentialCreationOptionsJSON.</returns>
    public string NewKey(Account account, IEnumerable<Passkey> known) => fido.RequestNewCredential(new()
    {
        User = new() { Id = Encoding.UTF8.GetBytes(account.Id), Name = account.Email, DisplayName = account.Email },
        ExcludeCredentials = [.. known.Select(passkey => new PublicKeyCredentialDescriptor(passkey.KeyId))],
        AuthenticatorSelection = new() { ResidentKey = ResidentKeyRequirement.Required, UserVerification = UserVerificationRequirement.Required },
        AttestationPreference = AttestationConveyancePreference.None,
    }).ToJson();

    /// <returns>PublicKeyCredentialRequestOptionsJSON.</returns>
    /// <param name="of">Whose keys may answer; none for whatever the device has.</param>
    public string Challenge(IEnumerable<Passkey> of) => fido.GetAssertionOptions(new()
    {
        AllowedCredentials = [.. of.Select(passkey => new PublicKeyCredentialDescriptor(passkey.KeyId))],
        UserVerification = UserVerificationRequirement.Required,
    }).ToJson();

    /// <summary>Null when it is no answer to that.</summary>
    public Task<MadePasskey?> MakeAsync(string options, JsonElement answer, CancellationToken ct) => TryAsync(async () =>
    {
        var made = await fido.MakeNewCredentialAsync(
            new()
            {
                AttestationResponse = answer.Deserialize<AuthenticatorAttestationRawResponse>(JsonSerializerOptions.Web)!,
                OriginalOptions = CredentialCreateOptions.FromJson(options),
                IsCredentialIdUniqueToUserCallback = (_, _) => Task.FromResult(true),
            },
            ct);
        return new MadePasskey(made.Id, made.PublicKey, made.SignCount);
    });

    /// <summary>Which key it says it is, and whose; nothing of it is proven yet.</summary>
    public static (byte[] KeyId, string? Account)? Claim(JsonElement answer)
    {
        try
        {
            var raw = answer.Deserialize<AuthenticatorAssertionRawResponse>(JsonSerializerOptions.Web)!;
            return (raw.RawId, raw.Response.UserHandle is { Length: > 0 } user ? Encoding.UTF8.GetString(user) : null);
        }
        catch (Exception unreadable) when (unreadable is JsonException or NullReferenceException or FormatException)
        {
            return null;
        }
    }

    /// <summary>What the key counts to now; null when it has not signed that.</summary>
    public async Task<uint?> ProveAsync(string options, JsonElement answer, Passkey passkey, CancellationToken ct) => (await TryAsync(async () =>
        await fido.MakeAssertionAsync(
            new()
            {
                AssertionResponse = answer.Deserialize<AuthenticatorAssertionRawResponse>(JsonSerializerOptions.Web)!,
                OriginalOptions = AssertionOptions.FromJson(options),
                StoredPublicKey = passkey.PublicKey,
                StoredSignatureCounter = passkey.Counter,
                IsUserHandleOwnerOfCredentialIdCallback = (_, _) => Task.FromResult(true),
            },
            ct)))?.SignCount;

    /// <summary>What comes from outside may be anything.</summary>
    private static async Task<T?> TryAsync<T>(Func<Task<T>> verify)
        where T : class
    {
        try
        {
            return await verify();
        }
        catch (Exception wrong) when (wrong is Fido2VerificationException or JsonException or FormatException or ArgumentException or NullReferenceException
            or InvalidOperationException or System.Formats.Cbor.CborContentException)
        {
            return null;
        }
    }
}
