using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace Launchpad.Local.KeyVault;

/// <summary>Key Vault's REST interface for secrets, as the official clients speak it.</summary>
public sealed partial class KeyVaultService(CloudContext cloud) : CloudService
{
    public const string Resource = "https://vault.azure.net";
    private const int PageSize = 25;
    private const int ValueBytesMax = 25 * 1024;
    private const int TagsMax = 15;

    private readonly Vault _vault = cloud.Vault;

    public override string Name => "keyvault";

    public override int Port(Ports ports) => ports.KeyVault;

    public override bool Https => true;

    public override void Map(IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("").AddEndpointFilter(Guard);
        all.MapPut("/secrets/{name}", SetAsync);
        all.MapGet("/secrets/{name}", (HttpRequest request, string name) => Get(request, name, null));
        all.MapGet("/secrets/{name}/{version}", Get);
        all.MapPatch("/secrets/{name}/{version?}", UpdateAsync);
        all.MapDelete("/secrets/{name}", (HttpRequest request, string name) => Deleted(request, _vault.Delete(name)));
        all.MapGet("/secrets", (HttpRequest request) =>
            Page(request, Live(), secret => secret.Name, secret => Item(request, secret, secret.Newest)));
        all.MapGet("/secrets/{name}/versions", Versions);
        all.MapPost("/secrets/{name}/backup", Backup);
        all.MapPost("/secrets/restore", RestoreAsync);
        all.MapGet("/deletedsecrets", (HttpRequest request) =>
            Page(request, Gone(), secret => secret.Name, secret => DeletedItem(request, secret)));
        all.MapGet("/deletedsecrets/{name}", (HttpRequest request, string name) =>
            Deleted(request, Vault.Deleted(_vault.Find(name), name)));
        all.MapPost("/deletedsecrets/{name}/recover", Recover);
        all.MapDelete("/deletedsecrets/{name}", Purge);
        all.MapFallback(() => Results.NotFound());
    }

    private async ValueTask<object?> Guard(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var (request, response) = (call.HttpContext.Request, call.HttpContext.Response);
        response.Headers.CacheControl = "no-cache";
        response.Headers["x-ms-keyvault-region"] = "local";
        response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        response.Headers["x-ms-keyvault-service-version"] = "1.9.0.0";
        if (cloud.Tokens.Reject(request.Headers.Authorization, Resource) is { } rejected)
        {
            // The client learns from this where to ask for a token, and for which audience.
            response.Headers[HeaderNames.WWWAuthenticate] =
                $"Bearer authorization=\"https://login.microsoftonline.com/{Identity.Tokens.Tenant}\", resource=\"{Resource}\"";
            return Error(new VaultException(401, "Unauthorized", "AKV10000: " + rejected));
        }

        try
        {
            if (!ApiVersion().IsMatch(request.Query["api-version"].ToString()))
            {
                throw VaultException.BadParameter("The specified version is not recognized. Consider using the latest supported version.");
            }

            if (request.RouteValues["name"] is string name && !SecretName().IsMatch(name))
            {
                throw VaultException.BadParameter("The request URI contains an invalid name: " + name);
            }

            return await next(call);
        }
        catch (VaultException refusal)
        {
            return Error(refusal);
        }
    }

    private async Task<IResult> SetAsync(HttpRequest request, string name)
    {
        var body = await ReadAsync<SecretBody>(request);
        if (body.Value is null)
        {
            throw VaultException.BadParameter("The property value is required.");
        }

        if (System.Text.Encoding.UTF8.GetByteCount(body.Value) > ValueBytesMax)
        {
            throw VaultException.BadParameter($"The secret value exceeds the maximum length of {ValueBytesMax} bytes.");
        }

        return Bundle(request, _vault.Set(name, body.Value, body.Change), version: null);
    }

    private IResult Get(HttpRequest request, string name, string? version)
    {
        var secret = Vault.Live(_vault.Find(name), name);
        return Vault.Version(secret, version).Enabled
            ? Bundle(request, secret, version)
            : throw new VaultException(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
    }

    private async Task<IResult> UpdateAsync(HttpRequest request, string name, string? version)
    {
        var body = await ReadAsync<SecretBody>(request);
        var secret = _vault.Update(name, version, body.Change);
        return Json(Item(request, secret, Vault.Version(secret, version)));
    }

    private IResult Recover(HttpRequest request, string name)
    {
        var secret = _vault.Recover(name);
        return Json(Item(request, secret, secret.Newest));
    }

    private IResult Purge(string name)
    {
        _vault.Purge(name);
        return Results.NoContent();
    }

    private IResult Versions(HttpRequest request, string name)
    {
        var secret = Vault.Live(_vault.Find(name), name);
        return Page(request, secret.Versions, version => version.Id, version => Item(request, secret, version));
    }

    // A backup opens only in the vault that made it: its values stay sealed with that vault's key.
    private IResult Backup(string name) => Json(new
    {
        value = Base64Url.EncodeToString(
            JsonSerializer.SerializeToUtf8Bytes(Vault.Live(_vault.Find(name), name), JsonSerializerOptions.Web)),
    });

    private async Task<IResult> RestoreAsync(HttpRequest request)
    {
        var body = await ReadAsync<SecretBody>(request);
        try
        {
            var sealedVersions = Base64Url.DecodeFromChars(body.Value);
            var backup = JsonSerializer.Deserialize<Secret>(sealedVersions, JsonSerializerOptions.Web)!;
            _ = backup.Versions.ConvertAll(version => _vault.Open(backup.Name, version));
            var secret = _vault.Restore(backup);
            return Json(Item(request, secret, secret.Newest));
        }
        catch (Exception broken) when (broken is FormatException or JsonException or System.Security.Cryptography.CryptographicException)
        {
            throw VaultException.BadParameter("The backup blob is not a valid backup of this vault.");
        }
    }

    private IEnumerable<Secret> Live() => _vault.All().Where(secret => secret.DeletedOn is null);

    private IEnumerable<Secret> Gone() => _vault.All().Where(secret => secret.DeletedOn is not null);

    private IResult Bundle(HttpRequest request, Secret secret, string? version)
    {
        var found = Vault.Version(secret, version);
        return Json(Item(request, secret, found) with { Value = _vault.Open(secret.Name, found) });
    }

    private static async Task<T> ReadAsync<T>(HttpRequest request)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, JsonSerializerOptions.Web, request.HttpContext.RequestAborted)
                ?? throw VaultException.BadParameter("The request body is empty.");
        }
        catch (JsonException)
        {
            // Without the parser's message: it may quote the value.
            throw VaultException.BadParameter("The request body is not a valid JSON document of this operation.");
        }
    }

    [GeneratedRegex(@"^(7\.\d+(-preview\.\d+)?|20\d\d-\d\d-\d\d(-preview)?)$")]
    private static partial Regex ApiVersion();

    [GeneratedRegex("^[0-9a-zA-Z-]{1,127}$")]
    private static partial Regex SecretName();

    private sealed record AttributesBody(bool? Enabled, long? Nbf, long? Exp);

    private sealed record SecretBody(
        string? Value, string? ContentType, ImmutableSortedDictionary<string, string>? Tags, AttributesBody? Attributes)
    {
        public SecretChange Change => Tags?.Count > TagsMax
            ? throw VaultException.BadParameter($"A secret has at most {TagsMax} tags.")
            : new SecretChange(ContentType, Tags, Attributes?.Enabled, Attributes?.Nbf, Attributes?.Exp);
    }
}
