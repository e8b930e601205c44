using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Launchpad.Local.Identity;

/// <summary>Signs the access tokens of the managed identity and checks them: signature, audience, time.</summary>
public sealed class Tokens(byte[] key, TimeProvider time)
{
    public const string Tenant = "6c617563-6870-6164-0000-74656e616e74";
    public const string Principal = "6c617563-6870-6164-0000-6964656e7431";
    private const string Issuer = "https://sts.windows.net/" + Tenant + "/";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    public static Tokens At(string keyPath, TimeProvider time) => new(SecretKey.LoadOrCreate(keyPath), time);

    public (string Token, DateTimeOffset ExpiresOn) Issue(string resource)
    {
        var now = time.GetUtcNow();
        var expires = now + Lifetime;
        var (issued, ends) = (now.ToUnixTimeSeconds(), expires.ToUnixTimeSeconds());
        var claims = new Claims(Audience(resource), Issuer, issued, issued, ends, Principal, Principal, Tenant);
        var body = Encode("""{"typ":"JWT","alg":"HS256"}"""u8) + "."
            + Encode(JsonSerializer.SerializeToUtf8Bytes(claims, JsonSerializerOptions.Web));
        return (body + "." + Encode(Sign(body)), expires);
    }

    /// <summary>Null when the Authorization header is good for the audience, else why it is not.</summary>
    public string? Reject(string? authorization, string resource)
    {
        if (authorization is null || !authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return "Request is missing a Bearer token.";
        }

        var parts = authorization["Bearer ".Length..].Trim().Split('.');
        if (parts.Length != 3 || !Base64Url.IsValid(parts[1]) || !Base64Url.IsValid(parts[2])
            || !CryptographicOperations.FixedTimeEquals(Base64Url.DecodeFromChars(parts[2]), Sign(parts[0] + "." + parts[1])))
        {
            return "Error validating token: the signature is not valid.";
        }

        var claims = JsonSerializer.Deserialize<Claims>(Base64Url.DecodeFromChars(parts[1]), JsonSerializerOptions.Web)!;
        var now = time.GetUtcNow();
        if (claims.Exp < (now - ClockSkew).ToUnixTimeSeconds() || claims.Nbf > (now + ClockSkew).ToUnixTimeSeconds())
        {
            return "Error validating token: it is expired or not yet valid.";
        }

        return claims.Aud == Audience(resource)
            ? null
            : $"Error validating token: invalid audience. Expected {resource}, found: {claims.Aud}.";
    }

    // Clients ask with and without the last slash and mean the same.
    private static string Audience(string resource) => resource.TrimEnd('/');

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private byte[] Sign(string text) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text));

    private sealed record Claims(string Aud, string Iss, long Iat, long Nbf, long Exp, string Oid, string Sub, string Tid);
}
