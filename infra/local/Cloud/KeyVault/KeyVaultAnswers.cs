using System.Text.Json;
using System.Text.Json.Serialization;

namespace Launchpad.Local.KeyVault;

/// <content>The shapes that Key Vault answers with.</content>
public sealed partial class KeyVaultService
{
    private static readonly JsonSerializerOptions Format =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static SecretItem Item(HttpRequest request, Secret secret, SecretVersion version) => new()
    {
        Id = $"{request.Scheme}://{request.Host}/secrets/{secret.Name}/{version.Id}",
        ContentType = version.ContentType,
        Tags = version.Tags,
        Attributes = new AttributesItem(
            version.Enabled, version.NotBefore, version.Expires, version.Created, version.Updated,
            "Recoverable+Purgeable", Vault.RecoverableDays),
    };

    private static SecretItem DeletedItem(HttpRequest request, Secret secret) => Item(request, secret, secret.Newest) with
    {
        RecoveryId = $"{request.Scheme}://{request.Host}/deletedsecrets/{secret.Name}",
        DeletedDate = secret.DeletedOn,
        ScheduledPurgeDate = secret.DeletedOn + (Vault.RecoverableDays * 24 * 60 * 60),
    };

    private static IResult Deleted(HttpRequest request, Secret secret) => Json(DeletedItem(request, secret));

    private static IResult Page<T>(HttpRequest request, IEnumerable<T> all, Func<T, string> key, Func<T, SecretItem> item)
    {
        var size = int.TryParse(request.Query["maxresults"], out var asked) ? asked : PageSize;
        if (size is < 1 or > PageSize)
        {
            throw VaultException.BadParameter($"maxresults must be between 1 and {PageSize}.");
        }

        // The token names the last item that was given, so that what is added or removed meanwhile shifts nothing.
        var after = request.Query["$skiptoken"].ToString();
        var page = all.Where(one => string.CompareOrdinal(key(one), after) > 0)
            .OrderBy(key, StringComparer.Ordinal).Take(size + 1).ToList();
        var next = page.Count > size
            ? $"{request.Scheme}://{request.Host}{request.Path}?api-version={request.Query["api-version"]}&maxresults={size}"
              + $"&$skiptoken={Uri.EscapeDataString(key(page[size - 1]))}"
            : null;
        return Json(new SecretPage(page.Take(size).Select(item).ToList(), next));
    }

    private static IResult Json<T>(T value) => Results.Json(value, Format);

    private static IResult Error(VaultException refusal) => Results.Json(
        new ErrorAnswer(new ErrorItem(refusal.Code, refusal.Message, refusal.InnerCode is { } inner ? new InnerError(inner) : null)),
        Format,
        statusCode: refusal.Status);

    private sealed record SecretItem
    {
        public string? Value { get; init; }
        public required string Id { get; init; }
        public string? ContentType { get; init; }
        public required AttributesItem Attributes { get; init; }
        public IReadOnlyDictionary<string, string>? Tags { get; init; }
        public string? RecoveryId { get; init; }
        public long? DeletedDate { get; init; }
        public long? ScheduledPurgeDate { get; init; }
    }

    private sealed record AttributesItem(
        bool Enabled, long? Nbf, long? Exp, long Created, long Updated, string RecoveryLevel, int RecoverableDays);

    private sealed record SecretPage(
        IReadOnlyList<SecretItem> Value, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextLink);

    private sealed record ErrorAnswer(ErrorItem Error);

    private sealed record ErrorItem(string Code, string Message, [property: JsonPropertyName("innererror")] InnerError? InnerError);

    private sealed record InnerError(string Code);
}
