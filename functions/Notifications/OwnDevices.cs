using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Launchpad.Functions.Access;
using Launchpad.Shared.Push;
using Launchpad.Shared.Webhooks;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Notifications;

/// <summary>What `PushManager.subscribe` gave.</summary>
/// <param name="Endpoint">Of the subscription.</param>
/// <param name="P256dh">Its key of that name: 65 bytes as base64url.</param>
/// <param name="Auth">Its key of that name: 16 bytes as base64url.</param>
public sealed record NewDevice([property: Required] string? Endpoint, [property: Required] string? P256dh, [property: Required] string? Auth);

/// <param name="Id">`dvc_` and the first 24 hexadecimal digits of the SHA-256 of its endpoint.</param>
/// <param name="Label">What it is, as in "Firefox on Linux".</param>
/// <param name="Service">The host of its push service.</param>
/// <param name="LastSentAt">When its push service last took something; null where it never did.</param>
public sealed record DeviceView(string Id, string Label, string Service, DateTimeOffset CreatedAt, DateTimeOffset? LastSentAt)
{
    internal static DeviceView Of(Device of) => new(of.Id, of.Label, of.Service, of.CreatedAt, of.LastSentAt);
}

/// <param name="PublicKey">What `PushManager.subscribe` takes as `applicationServerKey`.</param>
public sealed record DeviceList(string PublicKey, IReadOnlyList<DeviceView> Devices);

/// <summary>Finds a device of the caller, whichever account he works in, and says what may be sent of one.</summary>
public sealed class OwnDevices(Callers callers, DeviceStore devices, OutboundHttp outbound)
{
    private const int EndpointMax = 1_000;
    private const int AuthBytes = 16;
    private const int PointBytes = 65;
    private const byte Uncompressed = 4;

    public async Task<string> PersonAsync(HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        return Caller.Of(request).Person.Id;
    }

    /// <exception cref="ProblemException">When the caller has none of that id.</exception>
    public async Task<Device> FindAsync(HttpRequest request, string id, CancellationToken ct) =>
        await devices.FindAsync(await PersonAsync(request, ct), id, ct) ?? throw Problems.NotFound();

    public PushTarget Target(NewDevice typed)
    {
        var endpoint = typed.Endpoint ?? "";
        if (endpoint.Length > EndpointMax || !endpoint.All(char.IsAscii) || !Uri.IsWellFormedUriString(endpoint, UriKind.Absolute))
        {
            throw Problems.Invalid("endpoint", $"is a whole address of at most {EndpointMax} characters, as the browser gave it.");
        }

        // A little longer than one that people type, and else the same.
        if (WebhookUrl.Fault(endpoint, outbound.Reach, EndpointMax) is { } fault)
        {
            throw Problems.Invalid("endpoint", fault);
        }

        return new(endpoint, Base64Url.EncodeToString(Point(typed.P256dh)), Base64Url.EncodeToString(Bytes("auth", typed.Auth, AuthBytes)));
    }

    /// <summary>One that is on the curve: with any other a secret would be agreed on that others can guess.</summary>
    private static byte[] Point(string? typed)
    {
        var point = Bytes("p256dh", typed, PointBytes);
        try
        {
            using var key = ECDiffieHellman.Create(
                new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = point[1..33], Y = point[33..] } });
            return point[0] == Uncompressed ? point : throw new CryptographicException();
        }
        catch (CryptographicException)
        {
            throw Problems.Invalid("p256dh", "is no point of the curve P-256.");
        }
    }

    private static byte[] Bytes(string field, string? typed, int length) =>
        typed is not null && Base64Url.IsValid(typed, out var bytes) && bytes == length
            ? Base64Url.DecodeFromChars(typed)
            : throw Problems.Invalid(field, $"is {length} bytes as base64url.");
}
