using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Launchpad.Shared.Images;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>A server of this process on a port of its own.</summary>
internal abstract class Neighbour : IAsyncDisposable
{
    private WebApplication? server;

    public string Authority => new Uri(server!.Urls.Single()).Authority;

    public async ValueTask DisposeAsync() => await server!.DisposeAsync();

    protected async Task StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
    }
}

/// <summary>A registry whose images are all signed.</summary>
internal sealed class SignedRegistry : Neighbour
{
    public const string Repository = "bots/openclaw";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Dictionary<string, byte[]> content = [];

    public static readonly string[] Tags = ["1.0.0", "1.0.1", "broken"];

    public string Address => Authority;

    public string PublicKeyPem => key.ExportSubjectPublicKeyInfoPem();

    public static async Task<SignedRegistry> StartAsync(Wire wire)
    {
        var registry = new SignedRegistry();
        await registry.StartAsync(call => registry.AnswerAsync(wire, call));
        foreach (var tag in Tags)
        {
            registry.Publish(tag);
        }

        return registry;
    }

    /// <summary>The digest of an image.</summary>
    public static string DigestOf(string tag) => ImageName.DigestOf(Image(tag));

    private static byte[] Image(string tag) =>
        new OciManifest(new(OciManifest.ImageConfig, ImageName.DigestOf(System.Text.Encoding.UTF8.GetBytes(tag)), 1), []).ToBytes();

    private void Publish(string tag)
    {
        var image = Image(tag);
        var digest = ImageName.DigestOf(image);
        var payload = CosignPayload.Write($"{Address}/{Repository}", digest, new JsonObject { ["tag"] = tag });
        var signature = Convert.ToBase64String(key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        var signed = new OciDescriptor(CosignPayload.MediaType, ImageName.DigestOf(payload), payload.Length)
        {
            Annotations = new Dictionary<string, string> { [CosignPayload.SignatureAnnotation] = signature },
        };
        content[tag] = image;
        content[ImageName.AttachedTag(digest, "sig")] = new OciManifest(new(OciManifest.ImageConfig, signed.Digest, 1), [signed]).ToBytes();
        content[signed.Digest] = payload;
    }

    private async Task AnswerAsync(Wire wire, HttpContext call)
    {
        // It is only read from, so an answer that is lost is a call that was refused.
        if (wire.Meet("registry", call.Request.Method, call.Request.Path) is not Blow.None)
        {
            call.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        else if (content.TryGetValue(call.Request.Path.Value!.Split('/')[^1], out var found))
        {
            call.Response.Headers["Docker-Content-Digest"] = ImageName.DigestOf(found);
            await call.Response.Body.WriteAsync(found);
        }
        else
        {
            call.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}

/// <summary>The way to Stripe, on which calls can be lost. Stripe's own word keeps its client from trying again by itself.</summary>
internal sealed class StripeWay : Neighbour
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });

    public string Address => $"http://{Authority}";

    public static async Task<StripeWay> StartAsync(Wire wire, Uri stripe)
    {
        var way = new StripeWay();
        await way.StartAsync(call => way.PassAsync(wire, stripe, call));
        return way;
    }

    private async Task PassAsync(Wire wire, Uri stripe, HttpContext call)
    {
        var blow = wire.Meet("stripe", call.Request.Method, call.Request.Path);
        using var request = new HttpRequestMessage(new(call.Request.Method), new Uri(stripe, call.Request.Path + call.Request.QueryString));
        request.Content = call.Request.ContentLength > 0 ? new StreamContent(call.Request.Body) : null;
        foreach (var (name, values) in call.Request.Headers.Where(header => header.Key is not "Host" and not "Content-Length"))
        {
            _ = request.Headers.TryAddWithoutValidation(name, values.AsEnumerable())
                || request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable()) is true;
        }

        using var answer = blow is Blow.Refused ? new(HttpStatusCode.InternalServerError) : await http.SendAsync(request);
        if (blow is not Blow.None)
        {
            call.Response.StatusCode = StatusCodes.Status500InternalServerError;
            call.Response.Headers["Stripe-Should-Retry"] = "false";
            await call.Response.WriteAsync("""{"error":{"type":"api_error","message":"The call was lost."}}""");
            return;
        }

        call.Response.StatusCode = (int)answer.StatusCode;
        call.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(call.Response.Body);
    }
}
